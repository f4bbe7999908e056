import { isIP } from 'node:net'
import { CorefileError } from '../../corefile/errors.ts'
import type { Directive, ServerBlock, Token } from '../../corefile/model.ts'
import type { InterfaceAddresses } from '../../plugin/setup.ts'
import { canonicalAddress } from '../../util/address.ts'

/**
 * The addresses that a server block is served at, each once; undefined: it has no `bind`, and is served at all.
 *
 * None may be left: interfaces without an address, or all of them excepted. Then the block is not served, as in CoreDNS.
 *
 * @throws CorefileError
 */
export function boundAddresses(
  { directives }: ServerBlock,
  interfaceAddresses: InterfaceAddresses,
): readonly string[] | undefined {
  const binds = directives.filter(({ name }) => name === 'bind')
  if (binds.length === 0) return undefined
  return [...new Set(binds.flatMap((directive) => addressesOf(directive, interfaceAddresses)))]
}

/** What is excepted, is so from this one directive. */
function addressesOf(directive: Directive, interfaceAddresses: InterfaceAddresses): readonly string[] {
  const expand = (tokens: readonly Token[]) => tokens.flatMap((token) => expandToken(token, interfaceAddresses))
  if (directive.args.length === 0) {
    throw new CorefileError(directive, 'at least one address or interface name is expected')
  }
  const excepted = new Set(expand(exceptionsOf(directive)))
  return expand(directive.args).filter((address) => !excepted.has(address))
}

/** Of several lines the last one counts. */
function exceptionsOf({ body = [] }: Directive): readonly Token[] {
  let exceptions: readonly Token[] = []
  for (const [name, ...args] of body) {
    if (name === undefined) continue
    if (name.text !== 'except') throw new CorefileError(name, `invalid option ${JSON.stringify(name.text)}`)
    if (args.length === 0) {
      throw new CorefileError(name, 'at least one address or interface must be given to except subdirective')
    }
    exceptions = args
  }
  return exceptions
}

/** An interface by its name, or an address; a link-local one of an interface is of no use without it. */
function expandToken(token: Token, interfaceAddresses: InterfaceAddresses): readonly string[] {
  const ofInterface = interfaceAddresses(token.text)
  if (ofInterface !== undefined) return ofInterface.filter((address) => !/^fe[89ab]/i.test(address))
  if (isIP(token.text) !== 0 && !token.text.includes('%')) return [canonicalAddress(token.text)]
  throw new CorefileError(token, `not a valid IP address or interface name: ${JSON.stringify(token.text)}`)
}
