/** The double of the API server as a process of its own, for benchmarks and for trying by hand: see `usage`. */
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { stringify } from 'yaml'
import { ApiServer } from './api-server.ts'
import { testAuthority } from './certificates.ts'
import { Control } from './control.ts'
import { sampleCluster } from './sample.ts'

const usage = `usage: node test/support/api-server/main.ts [options]

  --port N            0: any that is free (0)
  --services N        (1000)
  --endpoints N       of all Services together (10000)
  --per-slice N       endpoints of a slice (100)
  --token T           a bearer token that is good; without it whoever asks is let in
  --tls               HTTPS, with a certificate made for this run
  --streaming WHAT    served, forbidden, unknown or ignored: see list-options.ts (served)
  --bookmarks MS      milliseconds between bookmarks (60000)
  --history N         changes that are remembered (1000)
  --kubeconfig FILE   writes one that leads here

Prints one line of JSON with the URL once it listens. What /control/ can do is told in control.ts.
`

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    services: { type: 'string', default: '1000' },
    endpoints: { type: 'string', default: '10000' },
    'per-slice': { type: 'string', default: '100' },
    token: { type: 'string' },
    tls: { type: 'boolean', default: false },
    streaming: { type: 'string', default: 'served' },
    bookmarks: { type: 'string', default: '60000' },
    history: { type: 'string', default: '1000' },
    kubeconfig: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})

if (values.help) process.stdout.write(usage)
else await run()

async function run(): Promise<void> {
  const { token, kubeconfig, tls } = values
  const streamingLists = (['served', 'forbidden', 'unknown', 'ignored'] as const).find(
    (each) => each === values.streaming,
  )
  if (streamingLists === undefined) throw new Error(`--streaming ${values.streaming}: see --help`)
  const api = await ApiServer.start({
    port: Number(values.port),
    streamingLists,
    bookmarkIntervalMs: Number(values.bookmarks),
    historyLimit: Number(values.history),
    handle: (request, response) => control.handle(request, response),
    ...(token !== undefined && { tokens: [token] }),
    ...(tls && { certificate: testAuthority().issueServer() }),
  })
  const control = new Control(api)
  const cluster = sampleCluster({
    services: Number(values.services),
    endpoints: Number(values.endpoints),
    endpointsPerSlice: Number(values['per-slice']),
  })
  api.load(cluster)
  if (kubeconfig !== undefined) {
    writeFileSync(kubeconfig, kubeconfigOf(api.url, { token, ca: tls ? testAuthority().cert : undefined }))
  }
  const objects = cluster.length
  process.stdout.write(`${JSON.stringify({ url: api.url, objects, resourceVersion: api.resourceVersion })}\n`)
  const stop = () => {
    control.stop()
    void api.stop()
  }
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
}

/** Kubernetes documentation, Organizing Cluster Access Using kubeconfig Files. */
function kubeconfigOf(server: string, given: { token: string | undefined; ca: string | undefined }): string {
  const { token, ca } = given
  const authority = ca === undefined ? {} : { 'certificate-authority-data': Buffer.from(ca).toString('base64') }
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'double', cluster: { server, ...authority } }],
    users: [{ name: 'double', user: token === undefined ? {} : { token } }],
    contexts: [{ name: 'double', context: { cluster: 'double', user: 'double' } }],
    'current-context': 'double',
  })
}
