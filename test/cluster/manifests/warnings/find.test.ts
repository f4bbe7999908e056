import { expect } from 'chai'
import fc from 'fast-check'
import { loadManifests } from '../../../../src/cluster/manifests/read.ts'
import { pod, service } from './support.ts'

const list = { apiVersion: 'v1', kind: 'List' }

describe('warnings of manifests', () => {
  it('are none where there are errors', () => {
    const texts = [service('name: db', 'clusterIP: None'), pod('name: A')]
    const { problems, warnings } = loadManifests(texts.map((text, index) => ({ file: String(index), text })))
    expect([problems.length, warnings]).to.deep.equal([1, []])
  })

  it('refuse no workload, whatever is in it', () => {
    const kind = fc.constantFrom('StatefulSet', 'Deployment', 'Job', 'CronJob', 'Rollout')
    const podSpec = fc.record(
      { hostname: fc.json(), subdomain: fc.json(), containers: fc.json() },
      { requiredKeys: [] },
    )
    const template = fc.record({ metadata: fc.record({ labels: fc.jsonValue() }), spec: podSpec }, { requiredKeys: [] })
    const fields = { serviceName: fc.jsonValue(), replicas: fc.jsonValue(), ordinals: fc.jsonValue() }
    const spec = fc.record(
      { ...fields, template: fc.oneof(template, fc.jsonValue()), jobTemplate: fc.jsonValue() },
      { requiredKeys: [] },
    )
    const metadata = fc.record({ name: fc.oneof(fc.string(), fc.jsonValue()), namespace: fc.jsonValue() })
    const workloads = fc.array(fc.record({ kind, metadata, spec: fc.oneof(spec, fc.jsonValue()) }))
    fc.assert(
      fc.property(workloads, (objects) => {
        const items = objects.map((object) => ({ apiVersion: 'apps/v1', ...object }))
        const { problems, warnings, otherKinds } = loadManifests([
          { file: 'm', text: JSON.stringify({ ...list, items }) },
        ])
        expect(problems).to.deep.equal([])
        for (const { message } of warnings) expect(message).to.match(/^[ -~…]+$/)
        expect([...otherKinds.values()].reduce((sum, count) => sum + count, 0)).to.equal(objects.length)
      }),
    )
  })

  it('come in reading order, whatever they are about', () => {
    const first = [service('name: b', 'clusterIP: None'), service('name: a', 'clusterIP: None, selector: { app: z }')]
    const files = [
      { file: 'z', text: first.join('\n---\n') },
      { file: 'a', text: service('name: c', 'clusterIP: None') },
    ]
    const { warnings } = loadManifests(files)
    expect(warnings.map(({ file, line, code }) => `${file}:${line} ${code}`)).to.deep.equal([
      'z:1 headless-without-ports',
      'z:3 headless-without-ports',
      'z:3 selector-matches-no-pod',
      'a:1 headless-without-ports',
    ])
  })
})
