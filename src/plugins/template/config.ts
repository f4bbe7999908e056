import type { ExtendedError } from '../../dns/edns.ts'
import type { Rcode } from '../../dns/iana.ts'
import type { Section } from '../../dns/message.ts'
import type { Name } from '../../dns/name.ts'
import type { Expression } from '../../plugin/expression/expression.ts'
import type { Regex } from '../../util/regex.ts'
import type { GoTemplate } from './go-template/template.ts'

/** What one directive `template` says, checked. */
export interface TemplateRule {
  readonly zones: readonly Name[]
  /** CLASS.ANY: all of them. */
  readonly qclass: number
  /** TYPE.ANY: all of them. */
  readonly qtype: number
  /** In their order: the first that matches the name counts. */
  readonly patterns: readonly Regex[]
  /** Each may use those before it. */
  readonly variables: readonly TemplateVariable[]
  /** What must be true as well. */
  readonly conditions: readonly Expression[]
  /** A template for each record. */
  readonly records: Readonly<Record<Section, readonly GoTemplate[]>>
  readonly rcode: Rcode
  readonly extendedError?: ExtendedError
  /** Names in these go on where nothing matches. */
  readonly fallthrough: readonly Name[]
}

export interface TemplateVariable {
  readonly name: string
  readonly value: Expression
}
