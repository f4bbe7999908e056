import { EXTENDED_ERROR } from '../../dns/iana.ts'
import { defineReason } from '../../plugin/reason.ts'

/** What a template has to do with an answer. */
const { Other } = EXTENDED_ERROR

type OfZone = {
  readonly zone: string
}

export const templated = defineReason(
  'template',
  Other,
  ({ zone, regex }: OfZone & { regex: string }) => `a template for ${zone} with the match ${regex} says so`,
)
export const mismatch = defineReason(
  'template-mismatch',
  Other,
  ({ zone }: OfZone) => `the template for ${zone} does not match the name, and has no fallthrough for it`,
)
export const passedOn = defineReason(
  'template-fallthrough',
  Other,
  ({ zone }: OfZone) => `the template for ${zone} does not match: passed on`,
)
export const expressionFailed = defineReason(
  'template-expression',
  Other,
  ({ zone, message }: OfZone & { message: string }) =>
    `an expression in the template for ${zone} has no value: ${message}`,
)
