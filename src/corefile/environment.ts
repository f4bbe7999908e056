import { CorefileError } from './errors.ts'
import type { Token } from './model.ts'

/** No reference that ends comes near these. */
const maxRounds = 1000
const maxExpandedLength = 1 << 16

/**
 * The text of a token with `{%VAR%}`, and after that `{$VAR}`, replaced by the environment.
 *
 * An unset variable is empty. A value is expanded again, and a reference without a name ends the expansion, as in
 * CoreDNS 1.14.7; which never ends where a variable names itself, and here is an error.
 *
 * @throws CorefileError a variable whose value grows without end
 */
export function expandEnvironment(token: Token, env: (name: string) => string | undefined): string {
  if (!token.text.includes('{')) return token.text
  const lookup = (name: string) => env(name) ?? ''
  const text = expandReferences(token, { opening: '{%', closing: '%}', lookup })
  return expandReferences({ ...token, text }, { opening: '{$', closing: '}', lookup })
}

interface ReferenceForm {
  readonly opening: string
  readonly closing: string
  readonly lookup: (name: string) => string
}

function expandReferences(token: Token, { opening, closing, lookup }: ReferenceForm): string {
  let { text } = token
  for (let round = 0; round < maxRounds && text.length <= maxExpandedLength; round++) {
    const start = text.indexOf(opening)
    const end = start < 0 ? -1 : text.indexOf(closing, start)
    const nameStart = start + opening.length
    if (end <= nameStart) return text

    const value = lookup(text.slice(nameStart, end))
    text = text.replaceAll(text.slice(start, end + closing.length), () => value)
  }
  throw new CorefileError(token, `environment variables in '${token.text}' name one another without end`)
}
