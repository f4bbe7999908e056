import { expect } from 'chai'
import type { TestServer } from '../support/serve.ts'
import { objects, serve, serveObjects, z } from './cluster.ts'
import type { Check, Section } from './rows.ts'

const differs = "the SOA's serial"

/** The serial of the zone, as its SOA record has it. */
async function serialOf(server: TestServer): Promise<number> {
  const [line = ''] = (await server.ask(`${z} SOA`)).answer
  return Number(line.split(' ')[6])
}

/** The serial before a change at second 7, and after it. */
const moves = (at: string, title: string, change: (server: TestServer) => void, to: number): Check => ({
  at,
  title,
  differs,
  async run(server) {
    const before = await serialOf(server)
    server.clock.nowMs = (before + 7) * 1000
    change(server)
    expect((await serialOf(server)) - before).to.equal(to)
  },
})

export const section14: Section = {
  section: '14',
  title: 'serials',
  groups: [
    {
      title: 'every change counts, in Unix seconds',
      serve: () => serve('pods verified'),
      checks: [
        moves('14.1', 'no change', () => {}, 0),
        moves(
          '14.2',
          'a Namespace is added',
          ({ store }) => store.put({ kind: 'Namespace', name: 'new', labels: {} }),
          7,
        ),
        moves('14.2', 'a Namespace is removed', ({ store }) => store.remove({ kind: 'Namespace', name: 'new' }), 7),
        moves('14.3', 'the same again', ({ store }) => putService(store, 'web', {}), 0),
        moves(
          '14.3',
          'a clusterIP changes',
          ({ store }) => putService(store, 'web', { clusterIPs: ['10.96.0.99'] }),
          7,
        ),
        moves('14.3', 'a type changes', ({ store }) => putService(store, 'web', { type: 'NodePort' }), 7),
        moves(
          '14.4',
          'a slice goes',
          ({ store }) => store.remove({ kind: 'EndpointSlice', namespace: 'testns', name: 'four-slice' }),
          7,
        ),
        moves('14.5', 'a Pod goes', ({ store }) => store.remove({ kind: 'Pod', namespace: 'podns', name: 'one' }), 7),
      ],
    },
    {
      title: 'a server that has just started',
      serve: () => serveObjects(objects),
      checks: [
        {
          at: '14.6',
          title: 'has the serial of its first state, in every zone',
          differs,
          async run(server) {
            for (const zone of [z, 'in-addr.arpa.', 'ip6.arpa.']) {
              const [line = ''] = (await server.ask(`${zone} SOA`)).answer
              expect(line.split(' ')[6], zone).to.equal('1')
            }
          },
        },
      ],
    },
  ],
}

function putService(store: TestServer['store'], name: string, changes: object): void {
  const service = store.service('testns', name)
  if (service === undefined) throw new Error(`${name} is a Service`)
  store.put({ ...service, ...changes })
}
