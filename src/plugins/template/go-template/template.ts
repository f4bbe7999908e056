/**
 * go-template: Go's `text/template`, as far as a record needs it.
 *
 * Text goes lexer.ts -> parser.ts -> nodes.ts, which evaluator.ts walks once for each record. values.ts is what it works
 * on, builtins.ts the functions that every template has. Start here.
 */
import { builtins } from './builtins.ts'
import { Evaluator } from './evaluator.ts'
import { formatNodes } from './nodes.ts'
import { parse } from './parser.ts'
import type { GoFunction, Value } from './values.ts'

export { TemplateExecutionError } from './evaluator.ts'
export { TemplateSyntaxError } from './parser.ts'

export interface GoTemplate {
  /** The template as Go writes it, which is nearly as it was written. */
  readonly source: string
  /**
   * @param data what `.` stands for
   * @throws TemplateExecutionError
   */
  execute(data: Value): string
}

/**
 * Reads a template.
 *
 * @param name for errors: `template: NAME:1: …`
 * @param functions what it may call besides the functions that every template has
 * @throws TemplateSyntaxError in the words of Go; `define`, `block`, `template`, complex numbers, and the functions `call` and
 *   `js` are refused
 */
export function parseTemplate(
  name: string,
  text: string,
  functions: Readonly<Record<string, GoFunction>> = {},
): GoTemplate {
  const known = { ...builtins, ...functions }
  const nodes = parse(text, { name, isFunction: (each) => Object.hasOwn(known, each) })
  return {
    source: formatNodes(nodes),
    execute: (data) => new Evaluator({ name, text, functions: known }, data).run(nodes),
  }
}
