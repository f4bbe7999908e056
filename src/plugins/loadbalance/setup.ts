import { type Property, walkProperties } from '../../corefile/directive-reader.ts'
import { formatDuration, parseDuration } from '../../corefile/duration.ts'
import { CorefileError, ValueSyntaxError, withPosition } from '../../corefile/errors.ts'
import type { Directive, Token } from '../../corefile/model.ts'
import { parseNetwork } from '../../corefile/network.ts'
import { underRoot } from '../../plugin/root-path.ts'
import type { Plugin, Setup, SetupContext } from '../../plugin/setup.ts'
import type { Network } from '../../util/network.ts'
import { roundRobin } from './loadbalance.ts'
import { prefer } from './prefer.ts'
import { WeightFile, WeightFileOpenError } from './weight-file.ts'
import { weighted } from './weighted.ts'
import { WeightFileError } from './weights.ts'

const defaultReloadMs = 30_000

/** `loadbalance [round_robin] { prefer NETWORKS… }` or `loadbalance weighted FILE { reload D }`; the last one counts. */
export const setupLoadbalance: Setup = (occurrences, context) => {
  const plugins = occurrences.map((directive) => setupPolicy(directive, context))
  return plugins.at(-1) ?? {}
}

function setupPolicy(directive: Directive, context: SetupContext): Plugin {
  const [policy, ...more] = directive.args
  if (policy?.text === 'weighted') return setupWeighted(directive, more, context)
  if (policy !== undefined && policy.text !== 'round_robin') {
    throw new CorefileError(policy, `unknown policy: ${policy.text}, expected round_robin or weighted`)
  }
  if (more.length > 0) throw new CorefileError(directive, 'unknown property for round_robin')
  const networks: Network[] = []
  walkProperties(directive, { prefer: ({ args }) => networks.push(...args.map(readNetwork)) })
  return { handler: networks.length === 0 ? roundRobin : prefer(networks) }
}

function readNetwork(token: Token): Network {
  return withPosition(token, () => parseNetwork(token.text), `invalid CIDR ${JSON.stringify(token.text)}: `)
}

function setupWeighted(directive: Directive, [path, ...more]: readonly Token[], context: SetupContext): Plugin {
  if (path === undefined) throw new CorefileError(directive, 'missing weight file argument')
  if (more.length > 0) throw new CorefileError(directive, 'unexpected argument(s)')
  let reloadMs = defaultReloadMs
  walkProperties(directive, {
    reload: (property) => {
      reloadMs = readReload(property)
    },
  })
  const { files, timer, log } = context
  const file = new WeightFile({ file: underRoot(context, path.text), reloadMs, files, timer, log })
  try {
    file.read()
  } catch (error) {
    if (!(error instanceof WeightFileError)) throw error
    const mayComeLater = error instanceof WeightFileOpenError && reloadMs > 0
    if (!mayComeLater) throw new CorefileError(path, error.message, { cause: error })
    const when = `Will try again in ${formatDuration(reloadMs)}`
    log.warning(`plugin/loadbalance: Failed to open weight file:${error.message}. ${when}`)
  }
  return { handler: weighted(() => file.weights, Math.random), service: file }
}

function readReload(property: Property): number {
  const [token, ...more] = property.args
  if (token === undefined) throw new CorefileError(property, 'reload duration value is missing')
  if (more.length > 0) throw new CorefileError(property, 'unexpected argument')
  try {
    const ms = parseDuration(token.text)
    if (ms >= 0) return ms
  } catch (error) {
    if (!(error instanceof ValueSyntaxError)) throw error
  }
  throw new CorefileError(token, `invalid reload duration '${token.text}'`)
}
