import type { Command } from 'commander'
import type { ClusterStore } from '../cluster/store.ts'
import type { Corefile } from '../corefile/model.ts'
import { CLASS, TYPE } from '../dns/iana.ts'
import { compareNames, type Name } from '../dns/name.ts'
import { codecOf, mnemonicOf } from '../dns/rdata/codecs.ts'
import type { RRset } from '../dns/record.ts'
import { formatRRset } from '../dns/text/record.ts'
import { unpack } from '../plugin/handler.ts'
import { candidateNames } from '../plugins/kubernetes/names.ts'
import { ask } from '../server/ask.ts'
import { serverLabel } from '../server/server-label.ts'
import { silentLogger } from '../util/log.ts'
import { loadCluster } from './cluster.ts'
import { kubernetesConfigs, loadConfiguration } from './configuration.ts'
import type { CliIo } from './io.ts'
import { type InputOptions, requireInput, withInputOptions } from './options.ts'
import { clientAt, groupFor, noUpstreams, withoutSockets } from './without-sockets.ts'

interface NamesOptions extends InputOptions {
  readonly json?: boolean
}

/** The types a cluster has records of, in the order they are listed for a name. */
const listedTypes = ['SOA', 'NS', 'A', 'AAAA', 'CNAME', 'SRV', 'TXT', 'PTR'] as const

/** `names`: every name that resolves, with its records. */
export function namesCommand(program: Command, io: CliIo): void {
  const command = program
    .command('names')
    .description('list every name that resolves, with its records, as lines of a zone file sorted by name')
    .option('--json', 'as JSON: one object for each record')
  withInputOptions(command).action(async (options: NamesOptions) => {
    requireInput(command, options)
    const cluster = await loadCluster(options)
    const corefile = loadConfiguration(options, silentLogger)
    const rrsets = await allRRsets(corefile, cluster)
    if (options.json) io.out(JSON.stringify(rrsets.flatMap(toJson), undefined, 2))
    else if (rrsets.length > 0) io.out(rrsets.flatMap(formatRRset).join('\n'))
  })
}

/** Asks every name that may have records for every type: what is listed is what is answered, by us alone. */
function allRRsets(corefile: Corefile, cluster: ClusterStore): Promise<RRset[]> {
  return withoutSockets({ corefile, cluster, log: silentLogger, upstreams: noUpstreams }, async (groups) => {
    const rrsets: RRset[] = []
    const client = clientAt()
    for (const qname of namesIn(corefile, cluster)) {
      for (const type of listedTypes) {
        const query = { qname, spelling: qname, qtype: TYPE[type], qclass: CLASS.IN, client, via: [] }
        const { zones, addresses } = groupFor(groups, query)
        const asking = { log: silentLogger, server: serverLabel(addresses[0]) }
        const { answer } = unpack(await ask(zones, query, asking))
        // A CNAME's answer goes on to its target, which is listed under its own name.
        rrsets.push(...answer.filter((rrset) => rrset.owner === qname && rrset.type === type))
      }
    }
    return rrsets
  })
}

function namesIn(corefile: Corefile, cluster: ClusterStore): Name[] {
  const names = kubernetesConfigs(corefile).flatMap((config) => candidateNames(config, cluster))
  return [...new Set(names)].sort(compareNames)
}

function toJson(rrset: RRset): object[] {
  const { owner, ttl, type } = rrset
  return rrset.rdata.map((rdata) => ({
    name: owner,
    ttl,
    class: 'IN',
    type: mnemonicOf(type),
    rdata: codecOf(type).format(rdata),
  }))
}
