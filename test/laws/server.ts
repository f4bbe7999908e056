import { kubernetesConfigs } from '../../src/cli/configuration.ts'
import { type ClusterObject, kinds } from '../../src/cluster/model.ts'
import { parseCorefile } from '../../src/corefile/parser.ts'
import { rcodeName } from '../../src/dns/iana.ts'
import type { Message } from '../../src/dns/message.ts'
import { compareNames, type Name } from '../../src/dns/name.ts'
import type { RRset, RRType } from '../../src/dns/record.ts'
import { formatRRset } from '../../src/dns/text/record.ts'
import { candidateNames } from '../../src/plugins/kubernetes/names.ts'
import { pluginOrder } from '../../src/plugins/order.ts'
import { memoryIo } from '../corefile/memory-io.ts'
import { serveManifests, type TestServer } from '../support/serve.ts'
import { localAddress } from './clusters.ts'

export const zones = ['cluster.local.', 'in-addr.arpa.', 'ip6.arpa.'] as const

export const corefileOf = (options: readonly string[], more = '') =>
  `${zones.join(' ')} {\nkubernetes {\n${options.join('\n')}\n}\n${more}\n}\nother.test {\nkubernetes\n}\n`

/** A server of a cluster that no manifest was read for. */
export function serveCluster(objects: readonly ClusterObject[], corefile: string): TestServer {
  const server = serveManifests('', corefile, { localAddresses: [localAddress] })
  server.store.replace(kinds, objects)
  return server
}

const listedTypes = ['SOA', 'NS', 'A', 'AAAA', 'CNAME', 'SRV', 'TXT', 'PTR'] as const satisfies readonly RRType[]

/** Every name that may have records, as `cluster-dns names` goes through them. */
export function candidatesOf(server: TestServer, corefile: string): Name[] {
  const directiveNames = pluginOrder.map(({ name }) => name)
  const parsed = parseCorefile(corefile, 'Corefile', memoryIo(), { directiveNames })
  const names = kubernetesConfigs(parsed).flatMap((config) => candidateNames(config, server.store))
  return [...new Set(names)].sort(compareNames)
}

/** The records that stand at each name, and not at what it leads to: what `cluster-dns names` prints. */
export async function listOf(server: TestServer, corefile: string): Promise<Map<Name, RRset[]>> {
  const list = new Map<Name, RRset[]>()
  for (const name of candidatesOf(server, corefile)) {
    const rrsets: RRset[] = []
    for (const type of listedTypes) {
      const { answer } = await server.exchange(`${name} ${type}`, { transport: 'tcp' })
      rrsets.push(...answer.filter((rrset) => rrset.owner === name && rrset.type === type))
    }
    if (rrsets.length > 0) list.set(name, rrsets)
  }
  return list
}

/** One answer over TCP. */
export function askTcp(server: TestServer, name: string, type: RRType | 'ANY'): Promise<Message> {
  return server.exchange(`${name} ${type}`, { transport: 'tcp' })
}

/** The addresses of a name, of both families. */
export async function addressesAt(server: TestServer, name: string): Promise<string[]> {
  const addresses: string[] = []
  for (const type of ['A', 'AAAA'] as const) {
    const { answer } = await askTcp(server, name, type)
    for (const rrset of answer) {
      if (rrset.type === 'A' || rrset.type === 'AAAA') addresses.push(...rrset.rdata.map(({ address }) => address))
    }
  }
  return addresses
}

/** An answer for people. */
export function show({ rcode, answer, authority, additional }: Message): object {
  const lines = (rrsets: readonly RRset[]) => rrsets.flatMap(formatRRset)
  return { rcode: rcodeName(rcode), answer: lines(answer), authority: lines(authority), additional: lines(additional) }
}
