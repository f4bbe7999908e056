import { someArguments, wrongArguments } from '../../corefile/directive-reader.ts'
import { CorefileError, ValueSyntaxError } from '../../corefile/errors.ts'
import type { Directive, Token } from '../../corefile/model.ts'
import { parseZones } from '../../corefile/reverse-zones.ts'
import type { Name } from '../../dns/name.ts'
import { PluginSetupError, type Setup, type SetupContext } from '../../plugin/setup.ts'
import { UpstreamError } from '../../plugin/upstream.ts'
import type { Logger } from '../../util/log.ts'
import type { Destination, ForwardConfig } from './config.ts'
import { readDestinations } from './destinations.ts'
import { forward } from './forward.ts'
import { ForwardMetrics } from './metrics.ts'
import { readOptions } from './options.ts'
import { placeOf, withoutDuplicates } from './resolve.ts'
import { Stanza } from './stanza.ts'

/** `forward FROM TO... { OPTIONS }`; of several, the first one that has a name takes it. */
export const setupForward: Setup = (occurrences, context) => {
  const { upstreams, timer } = context
  const metrics = new ForwardMetrics(context.metrics)
  const common = { upstreams, timer, metrics, random: Math.random }
  const configs = occurrences.map((directive) => readStanza(directive, context))
  const stanzas = configs.map((config) => new Stanza(config, common))
  return {
    handler: forward(stanzas),
    service: {
      async start() {
        for (const [index, directive] of occurrences.entries()) await prepare(stanzas[index], directive)
      },
      stop() {
        for (const stanza of stanzas) stanza.stop()
      },
    },
  }
}

/** @throws PluginSetupError a host cannot be found: as for CoreDNS, that is an error of the configuration */
async function prepare(stanza: Stanza | undefined, directive: Directive): Promise<void> {
  try {
    await stanza?.prepare()
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error
    throw new PluginSetupError('forward', new CorefileError(directive, error.message, { cause: error }))
  }
}

function readStanza(directive: Directive, context: SetupContext): ForwardConfig {
  const [zone, ...tokens] = someArguments(directive, { min: 2 })
  if (zone === undefined) throw wrongArguments(directive)
  const from = readFrom(zone, context.log)
  const { tlsServerName, ...options } = readOptions(directive, context)
  const to = withoutDuplicates(readDestinations(tokens, context.files))
  if (to.length === 0) throw new CorefileError(directive, 'no valid upstream addresses found')
  if (tlsServerName === undefined) return { ...options, from, to }
  const named = to.find(({ scheme, serverName }) => scheme === 'tls' && serverName !== undefined)
  if (named !== undefined) throw namedTwice(directive, tlsServerName, named)
  return { ...options, from, to, tls: { ...options.tls, serverName: tlsServerName } }
}

/** Of the zones that a CIDR stands for the first one, as in CoreDNS. */
function readFrom(token: Token, log: Logger): Name {
  const { file, line, text } = token
  const [from, ...others] = tryParseZones(text)
  if (from === undefined) throw new CorefileError(token, `unable to normalize '${text}'`)
  if (others.length > 0) {
    const what = `Unsupported CIDR notation: '${text}' expands to multiple zones. Using only '${from}'.`
    log.warning(`plugin/forward: ${file}:${line}: ${what}`)
  }
  return from
}

function tryParseZones(text: string): Name[] {
  try {
    return parseZones(text)
  } catch (error) {
    if (error instanceof ValueSyntaxError) return []
    throw error
  }
}

function namedTwice(directive: Directive, ofAll: string, named: Destination): CorefileError {
  const which = `both forward ('${ofAll}') and proxy level ('${named.serverName}') TLS servernames`
  return new CorefileError(directive, `${which} are set for upstream proxy 'tls://${placeOf(named)}'`)
}
