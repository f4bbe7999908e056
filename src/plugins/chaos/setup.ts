import { walkProperties } from '../../corefile/directive-reader.ts'
import type { Setup } from '../../plugin/setup.ts'
import { type ChaosConfig, chaos } from './chaos.ts'

/** The CoreDNS whose place we take: who asks for the version wants to know what to expect. */
const defaultVersion = 'CoreDNS-1.14.7'
const defaultAuthors = ['cluster-dns']

/** `chaos [VERSION] [AUTHORS…]`; of several the first counts. */
export const setupChaos: Setup = (occurrences, { hostname }) => {
  const [first] = occurrences.map((directive): ChaosConfig => {
    walkProperties(directive, {})
    const [version = defaultVersion, ...authors] = directive.args.map(({ text }) => text)
    return { version, authors: authors.length === 0 ? defaultAuthors : [...new Set(authors)].sort(), hostname }
  })
  return first === undefined ? {} : { handler: chaos(first) }
}
