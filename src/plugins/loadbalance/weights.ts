import { isIP } from 'node:net'
import { type Name, tryParseName } from '../../dns/name.ts'
import { canonicalAddress } from '../../util/address.ts'
import { ServerError } from '../../util/errors.ts'

/** How often each address of a name shall come first, against the others; 1 if it is not there. */
export type Weights = ReadonlyMap<Name, ReadonlyMap<string, number>>

/** A weight file cannot be used: CoreDNS's words. */
export class WeightFileError extends ServerError {
  constructor(message: string) {
    super('PLUGIN_SETUP', message)
  }
}

/**
 * Reads lines of a name, and below it of an address and its weight.
 *
 * @param file its path, for errors
 * @throws WeightFileError
 */
export function parseWeights(text: string, file: string): Weights {
  const weights = new Map<Name, Map<string, number>>()
  let current: Map<string, number> | undefined
  for (const line of text.split('\n').map((each) => each.trim())) {
    if (line === '' || line.startsWith('#')) continue
    const [first = '', weight, ...more] = line.split(/\s+/)
    if (more.length > 0) throw new WeightFileError(`could not parse weight line:"${line}" in weight file ${file}`)
    if (weight === undefined) {
      current = weightsOf(weights, parseDomain(first, file))
      continue
    }
    const address = parseAddress(first, file)
    const value = parseWeight(weight, file)
    if (current === undefined) throw new WeightFileError(`missing domain name in weight file ${file}`)
    if (!current.has(address)) current.set(address, value) // of two, CoreDNS takes the first
  }
  return weights
}

function weightsOf(weights: Map<Name, Map<string, number>>, name: Name): Map<string, number> {
  const known = weights.get(name) ?? new Map<string, number>()
  weights.set(name, known)
  return known
}

function parseDomain(text: string, file: string): Name {
  const name = isIP(text) === 0 ? tryParseName(text) : undefined
  if (name !== undefined) return name
  throw new WeightFileError(`wrong domain name:"${text}" in weight file ${file}. (Maybe a missing weight value?)`)
}

function parseAddress(text: string, file: string): string {
  if (isIP(text) === 0 || text.includes('%'))
    throw new WeightFileError(`wrong IP address:"${text}" in weight file ${file}`)
  return canonicalAddress(text)
}

/** What fits in an octet, and is not 0. */
function parseWeight(text: string, file: string): number {
  const weight = /^\d+$/.test(text) ? Number(text) : 0
  if (weight < 1 || weight > 255) throw new WeightFileError(`wrong weight value:"${text}" in weight file ${file}`)
  return weight
}
