import { liveSource } from '../../../src/cluster/live/source.ts'
import { clusterSourceContract } from '../../contract/cluster-source.ts'
import { ApiServer, type ApiServerOptions } from '../../support/api-server/api-server.ts'

const needs = { endpointSlices: true, pods: true, serviceImports: true, labels: true }

/** What API servers differ in, as far as it matters to a reader. */
const servers: readonly { readonly name: string; readonly options: ApiServerOptions }[] = [
  { name: 'an API server that streams lists', options: { streamingLists: 'served' } },
  { name: 'one that refuses to', options: { streamingLists: 'forbidden' } },
]

for (const { name, options } of servers) {
  clusterSourceContract(name, async () => {
    const api = await ApiServer.start(options)
    return {
      put(...objects) {
        for (const object of objects) api.put(object)
      },
      remove(...refs) {
        for (const ref of refs) api.remove(ref)
      },
      break: () => api.stop(),
      mend: () => api.restart(),
      source: (logger) =>
        liveSource({
          location: { kind: 'endpoint', url: api.url },
          needs,
          logger,
          limits: { qps: 1000, burst: 1000 },
          userAgent: 'test',
          cluster: { service: () => undefined },
        }),
      end: () => api.stop(),
    }
  })
}
