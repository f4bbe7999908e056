import {
  type Property,
  readZones,
  someArguments,
  walkProperties,
  wrongArguments,
} from '../../corefile/directive-reader.ts'
import { argumentError, CorefileError } from '../../corefile/errors.ts'
import type { Directive, Token } from '../../corefile/model.ts'
import { type Name, root } from '../../dns/name.ts'
import { readPeer } from '../../plugin/peer.ts'
import type { Setup, SetupContext } from '../../plugin/setup.ts'
import { serveZones } from '../../plugin/zone/serve-zones.ts'
import { transferSource } from '../../plugin/zone/transfer.ts'
import type { SocketAddress } from '../../util/address.ts'
import type { SecondaryConfig, ZoneConfig } from './config.ts'
import { notifyReceiver } from './notified.ts'
import { SecondaryZones, zonesTag } from './zones.ts'

/** `secondary [ZONES…] { transfer from ADDRESS…; catalog [ZONES…]; fallthrough [ZONES…] }`, as often as wanted. */
export const setupSecondary: Setup = (occurrences, context) => {
  const { offers, resolve } = context
  const config = readConfig(occurrences, context)
  const secondary = new SecondaryZones(config, context)
  const { zones } = secondary
  offers.transfers.push(transferSource(zones))
  return {
    handler: serveZones({ plugin: 'secondary', zones, zonesTag, fallthrough: config.fallthrough, resolve }),
    notifyReceiver: notifyReceiver(zones, context),
    service: secondary,
  }
}

/** @throws CorefileError in the words of CoreDNS, where it has some */
export function readConfig(
  occurrences: readonly Directive[],
  { serverBlock }: Pick<SetupContext, 'serverBlock'>,
): SecondaryConfig {
  const zones = new Map<Name, ZoneConfig>()
  let fallthrough: readonly Name[] = []
  for (const directive of occurrences) {
    const primaries: SocketAddress[] = []
    const catalogs: (readonly Name[])[] = []
    walkProperties(directive, {
      transfer: (property) => primaries.push(...readPrimaries(property)),
      catalog: ({ args }) => catalogs.push(args.flatMap((token) => readMemberZone(token, { serverBlock }))),
      fallthrough: ({ args }) => {
        fallthrough = args.length === 0 ? [root] : readZones(args, serverBlock)
      },
    })
    if (primaries.length === 0) {
      throw new CorefileError(directive, 'secondary zones require a transfer from property')
    }
    for (const origin of readZones(directive.args, serverBlock)) {
      const memberZones = mergeMembers([zones.get(origin)?.memberZones, ...catalogs])
      zones.set(origin, { primaries, ...(memberZones && { memberZones }) })
    }
  }
  return { zones, fallthrough }
}

function readPrimaries(property: Property): SocketAddress[] {
  const [word, ...from] = someArguments(property, { min: 1 })
  if (word === undefined) throw wrongArguments(property)
  if (word.text !== 'from') throw new CorefileError(word, `unknown property ${word.text}`)
  if (from.length === 0) throw argumentError(word)
  return from.map((token) => {
    if (token.text === '*') throw new CorefileError(token, "can't use '*' in transfer from")
    return readPeer(token)
  })
}

function readMemberZone(token: Token, { serverBlock }: Pick<SetupContext, 'serverBlock'>): Name[] {
  try {
    return readZones([token], serverBlock)
  } catch (error) {
    if (!(error instanceof CorefileError)) throw error
    throw new CorefileError(token, `invalid catalog member zone ${JSON.stringify(token.text)}`, { cause: error })
  }
}

/** All that lines for one catalog say; one that names no zones takes in all. */
function mergeMembers(lists: readonly (readonly Name[] | undefined)[]): readonly Name[] | undefined {
  const given = lists.filter((each) => each !== undefined)
  if (given.length === 0) return undefined
  return given.some(({ length }) => length === 0) ? [] : [...new Set(given.flat())]
}
