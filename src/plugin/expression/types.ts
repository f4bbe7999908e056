import { builtins, predicates, unsupported } from './builtins.ts'
import { keywords } from './lexer.ts'
import type { StaticType } from './values.ts'

/** What an expression may name, besides the functions that all of them have. */
export interface Types {
  readonly names: ReadonlyMap<string, StaticType>
  readonly functions: ReadonlyMap<string, FunctionType>
}

export interface FunctionType {
  readonly parameters: readonly StaticType[]
  readonly result: StaticType
}

/** Whether the language itself has the name. */
export function isReservedName(name: string): boolean {
  return keywords.has(name) || builtins.has(name) || predicates.has(name) || unsupported.has(name)
}
