import type { ExtendedErrorCode } from '../dns/iana.ts'

/** What decided something; a function is worked out only where somebody reads it. */
export type Fact = string | number | boolean | readonly string[] | (() => string | undefined)
export type Facts = Readonly<Record<string, Fact | undefined>>

/**
 * One decision on the way to an answer, told by the code that took it.
 *
 * The last step of an answer is what decided it: its reason.
 */
export interface Step {
  /** Stable, in kebab case: docs/reasons.md has them all. */
  readonly code: string
  /** How an Extended DNS Error classes it (RFC 8914 section 5.2). */
  readonly infoCode: ExtendedErrorCode
  readonly facts: Facts
  /** One sentence, without its full stop, that names the objects that decided. */
  describe(): string
}

/** Makes what tells a kind of decision. A step is cheap: its text is made only when somebody reads it. */
export function defineReason<F extends Facts>(
  code: string,
  infoCode: ExtendedErrorCode,
  describe: (facts: F) => string,
): Reason<F> {
  const tell = (facts: F): Step => ({ code, infoCode, facts, describe: () => describe(facts) })
  return Object.assign(tell, { code })
}

export interface Reason<F extends Facts> {
  (facts: F): Step
  readonly code: string
}

/** Facts as JSON has them: what is worked out on demand is, what is not known is left out. */
export function resolveFacts(facts: Facts): Record<string, Exclude<Fact, () => string | undefined>> {
  const entries = Object.entries(facts).flatMap(([name, fact]) => {
    const value = typeof fact === 'function' ? fact() : fact
    return value === undefined ? [] : [[name, value] as const]
  })
  return Object.fromEntries(entries)
}
