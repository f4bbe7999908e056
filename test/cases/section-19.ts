import { expect } from 'chai'
import { clusterIp, manifests, namespace, pod, slice } from '../support/manifests.ts'
import { type AskOptions, serveManifests, type TestServer } from '../support/serve.ts'
import { atLocal, t, z } from './cluster.ts'
import type { Check, Section } from './rows.ts'

const labels = { app: 'shop', 'app.kubernetes.io/name': 'web' }
const client = {
  ...pod('podns/client', ['10.2.0.9', 'fd00:2::9']),
  metadata: { namespace: 'podns', name: 'client', labels },
}

const objects = [
  namespace('testns'),
  namespace('podns'),
  clusterIp('testns/web', '10.96.0.10'),
  slice('testns/web', { endpoints: [{ addresses: ['10.1.9.1'], hostname: 'weba' }] }),
  client,
]

const ofName = ['kind', 'namespace', 'service', 'endpoint', 'protocol', 'port-name', 'parse-error', 'zone', 'cluster']
const ofClient = [
  'client-namespace',
  'client-pod-name',
  'client-label/app',
  'client-label/app.kubernetes.io/name',
  'client-label/x',
]

/** A server that logs what these labels stand for. */
const serve =
  (said: readonly string[], ...options: readonly string[]) =>
  () => {
    const format = said.map((label) => `<{/kubernetes/${label}}>`).join('')
    const zones = `${z} clusterset.local in-addr.arpa`
    const corefile = `. {\nmetadata\nlog . "{name} ${format}"\nkubernetes ${zones} {\n${options.join('\n')}\n}\nwhoami\n}\n`
    return serveManifests(manifests(...objects), corefile, atLocal)
  }

/** What is said of a name, of a query from somewhere, in the order of the labels; `-`: nothing. */
function says(at: string, name: string, said: readonly string[], options: AskOptions = {}): Check {
  const line = said.map((each) => `<${each}>`).join('')
  return {
    at,
    title: `${name}${options.client === undefined ? '' : ` from ${options.client.address}`}: ${line}`,
    async run(server: TestServer) {
      const before = server.lines.length
      await server.exchange(`${name} A`, options)
      await server.exchange(`${name.toUpperCase()} A`, options)
      expect(server.lines.slice(before)).to.deep.equal([`[INFO] ${name} ${line}`, `[INFO] ${name} ${line}`])
    },
  }
}

const from = (address: string): AskOptions => ({ client: { address, port: 40_000 } })
const nothing = ofName.map(() => '-')
/** The name has a meaning, and these are the parts of it. */
const parts = (...said: readonly string[]) => [...said, ...['', '', '', '', '', ''].slice(said.length), '-', '-', '-']
const invalid = ['-', '-', '-', '-', '-', '-', 'invalid query name', '-', '-']

export const section19: Section = {
  section: '19',
  title: 'metadata',
  groups: [
    {
      title: 'of the name',
      serve: serve(ofName, 'multicluster clusterset.local'),
      checks: [
        says('19.2', `web.${t}`, parts('svc', 'testns', 'web')),
        says('19.2', `weba.web.${t}`, parts('svc', 'testns', 'web', 'weba')),
        says('19.2', `_http._tcp.web.${t}`, parts('svc', 'testns', 'web', '', 'tcp', 'http')),
        says('19.2', `http.tcp.web.${t}`, parts('svc', 'testns', 'web', '', 'tcp', 'http')),
        says('19.2', `10-1-0-1.testns.pod.${z}`, parts('pod', 'testns', '10-1-0-1')),
        says('19.2', `x.10-1-0-1.testns.pod.${z}`, parts('pod', 'testns', '10-1-0-1', 'x')),
        says('19.2', `nope.nowhere.svc.${z}`, parts('svc', 'nowhere', 'nope')),
        says('19.2', t, parts('svc', 'testns')),
        says('19.2', `svc.${z}`, parts()),
        says('19.2', z, parts()),
        says('19.2', `foo.bar.notapod.${z}`, invalid),
        says('19.2', `a.b.c.web.${t}`, invalid),
        says('19.2', `x.pin._zone.web.${t}`, invalid),
        says('19.2', '10.0.96.10.in-addr.arpa.', invalid),
        says('19.2', 'ep.c1.s.ns.svc.clusterset.local.', parts('svc', 'ns', 's', '', 'c1', 'ep')),
        says('19.2', 'www.example.com.', nothing),
      ],
    },
    {
      title: 'of the name, with zonal',
      serve: serve(ofName, 'zonal'),
      checks: [
        says('19.2', `eu.a.pin._zone.web.${t}`, ['svc', 'testns', 'web', '', '', '', '-', 'eu.a', '-']),
        says('19.2', `eu.prefer._zone.web.${t}`, ['svc', 'testns', 'web', '', '', '', '-', 'eu', '-']),
        says('19.2', `eu.near._zone.web.${t}`, invalid),
        says('19.2', `eu.pin._zone.web.testns.pod.${z}`, invalid),
        says('19.2', `web.${t}`, ['svc', 'testns', 'web', '', '', '', '-', '', '-']),
      ],
    },
    {
      title: 'of the client, pods verified',
      serve: serve(ofClient, 'pods verified'),
      checks: [
        says('19.1', `web.${t}`, ['podns', 'client', 'shop', 'web', '-'], from('10.2.0.9')),
        says('19.1', `web.${t}`, ['podns', 'client', 'shop', 'web', '-'], from('fd00:2::9')),
        says('19.1', `web.${t}`, ['podns', 'client', 'shop', 'web', '-'], from('::ffff:10.2.0.9')),
        says('19.1', 'www.example.com.', ['podns', 'client', 'shop', 'web', '-'], from('10.2.0.9')),
        says('19.1', `web.${t}`, ['-', '-', '-', '-', '-'], from('10.2.0.1')),
      ],
    },
    {
      title: 'of the client, pods insecure',
      serve: serve(ofClient, 'pods insecure'),
      checks: [says('19.1', `web.${t}`, ['-', '-', '-', '-', '-'], from('10.2.0.9'))],
    },
  ],
}
