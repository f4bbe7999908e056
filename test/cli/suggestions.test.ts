import { join } from 'node:path'
import { expect } from 'chai'
import { kubernetesConfigs } from '../../src/cli/configuration.ts'
import { suggestions } from '../../src/cli/suggestions.ts'
import { readManifests } from '../../src/cluster/manifests/read.ts'
import { kinds } from '../../src/cluster/model.ts'
import { ClusterStore } from '../../src/cluster/store.ts'
import { parseCorefile } from '../../src/corefile/parser.ts'
import type { ServerAddress } from '../../src/server/addresses.ts'
import { memoryIo } from '../corefile/memory-io.ts'

const plain: ServerAddress = { scheme: 'dns', address: '127.0.0.1', port: 1053 }
const names = [
  'api.shop.svc.cluster.local.',
  'db.shop.svc.cluster.local.',
  'db-0.db.shop.svc.cluster.local.',
  'SRV _postgres._tcp.db.shop.svc.cluster.local.',
]

async function suggested(zones: string, at = plain): Promise<readonly string[]> {
  const { objects } = await readManifests([join(import.meta.dirname, '../../fixtures/shop')])
  const cluster = new ClusterStore({ now: () => 1000 })
  cluster.replace(kinds, objects)
  const corefile = parseCorefile(`. {\nkubernetes ${zones}\n}\n`, 'Corefile', memoryIo())
  return kubernetesConfigs(corefile).flatMap((config) => suggestions(cluster, config, at))
}

describe('suggestions', () => {
  it('one for each kind of answer', async () => {
    const asks = [...names, '-x 10.244.0.11'].map((ask) => `dig @127.0.0.1 -p 1053 ${ask}`)
    expect(await suggested('cluster.local in-addr.arpa')).to.deep.equal(asks)
  })

  it('no reverse names where they are not answered', async () => {
    for (const zones of ['cluster.local', 'cluster.local ip6.arpa']) {
      expect(await suggested(zones)).to.deep.equal(names.map((ask) => `dig @127.0.0.1 -p 1053 ${ask}`))
    }
  })

  it('where every address is listened at, the loopback one; over TLS where that is served', async () => {
    const [first] = await suggested('cluster.local', { scheme: 'tls', address: '::', port: 853 })
    expect(first).to.equal(`dig @127.0.0.1 -p 853 +tls ${names[0]}`)
  })
})
