import { expect } from 'chai'
import { Progress } from '../../../src/cluster/live/progress.ts'
import { type Needs, watchedResources } from '../../../src/cluster/live/resources.ts'
import type { Kind } from '../../../src/cluster/model.ts'
import { maximumErrorTextOctets } from '../../../src/dns/edns.ts'
import { unsynced } from '../../../src/plugin/zone-reasons.ts'
import { ManualTimer } from '../../support/manual-timer.ts'

const needs: Needs = { endpointSlices: true, pods: false, serviceImports: false, labels: false }
const allNeeds: Needs = { endpointSlices: true, pods: true, serviceImports: true, labels: false }

/** What is told of one resource. */
interface State {
  readonly isSynced?: boolean
  readonly problem?: string
  readonly listed?: number
}

function progressOf(states: Readonly<Partial<Record<Kind, State>>>, of: Needs = needs): Progress {
  const progress = new Progress(watchedResources(of), new ManualTimer())
  for (const each of progress.resources) Object.assign(each, states[each.resource.kind])
  return progress
}

const synced: State = { isSynced: true }

const cases: { title: string; states: Partial<Record<Kind, State>>; of?: Needs; says: string }[] = [
  { title: 'nothing yet', states: {}, says: '0 of 3 kinds synced' },
  { title: 'some', states: { Namespace: synced, Service: synced }, says: '2 of 3 kinds synced' },
  {
    title: 'all',
    states: { Namespace: synced, Service: synced, EndpointSlice: synced },
    says: '3 of 3 kinds synced',
  },
  {
    title: 'in the middle of a list',
    states: { Namespace: synced, Service: { listed: 1500 }, EndpointSlice: { listed: 200 } },
    says: '1 of 3 kinds synced, 1500 services so far',
  },
  {
    title: 'what hinders comes before what goes on',
    states: { Namespace: { listed: 7 }, EndpointSlice: { problem: 'cannot list endpointslices: 403 Forbidden' } },
    says: 'cannot list endpointslices: 403 Forbidden; 0 of 3 synced',
  },
  {
    title: 'a problem of what is synced hinders no more',
    states: { Namespace: { ...synced, problem: 'cannot watch namespaces: 401 Unauthorized' } },
    says: '1 of 3 kinds synced',
  },
  {
    title: 'five kinds',
    states: { ServiceImport: { problem: 'cannot list serviceimports: 404 NotFound' } },
    of: allNeeds,
    says: 'cannot list serviceimports: 404 NotFound; 0 of 5 synced',
  },
]

describe('live cluster: how far it is, in few words', () => {
  for (const { title, states, of, says } of cases) {
    it(title, () => expect(progressOf(states, of).describe()).to.equal(says))
  }

  const whole = [
    'cannot list endpointslices: 401 Unauthorized',
    'cannot list endpointslices: 403 Forbidden',
    'cannot list serviceimports: 404 NotFound',
    'cannot list endpointslices: 429 TooManyRequests',
    'cannot list endpointslices: 500 InternalError',
    'cannot list endpointslices: 503 ServiceUnavailable',
    'cannot list endpointslices: nothing was heard for 30 s',
    'cannot list endpointslices: unreachable: ECONNREFUSED 10.96.0.1:443',
    'cannot list namespaces: unreachable: ECONNREFUSED 192.168.49.2:8443',
    'cannot list namespaces: unreachable: ECONNREFUSED fd00:10:96::1:443',
    'cannot list namespaces: unreachable: read ECONNRESET',
    'cannot list namespaces: unreachable: certificate has expired',
  ]
  for (const problem of whole) {
    it(`fits an Extended DNS Error: ${problem}`, () => {
      const progress = progressOf({ Namespace: { problem } }, allNeeds)
      expect(octetsOf(progress.describe())).to.be.at.most(maximumErrorTextOctets)
    })
  }

  const problems = [
    'cannot list endpointslices: unreachable: ECONNREFUSED fd00:10:96::1:443',
    'cannot list namespaces: unreachable: self-signed certificate in certificate chain',
    'cannot list namespaces: unreachable: getaddrinfo ENOTFOUND kubernetes.default.svc',
  ]
  for (const problem of problems) {
    it(`what hinders fits, if not what comes behind it: ${problem}`, () => {
      expect(octetsOf(problem)).to.be.at.most(maximumErrorTextOctets)
      expect(progressOf({ Namespace: { problem } }).describe().startsWith(problem)).to.equal(true)
    })
  }

  function octetsOf(detail: string): number {
    return Buffer.byteLength(unsynced({ detail }).describe())
  }
})

describe('live cluster: the status', () => {
  it('of what nothing is known of', () => {
    expect(progressOf({}).status()).to.deep.equal({
      isReady: false,
      detail: '0 of 3 kinds synced',
      kinds: [
        { kind: 'Namespace', isSynced: false },
        { kind: 'Service', isSynced: false },
        { kind: 'EndpointSlice', isSynced: false },
      ],
    })
  })

  it('of each kind: how long ago it was heard of, and how long ago something changed', () => {
    const timer = new ManualTimer()
    const progress = new Progress(watchedResources({ ...needs, endpointSlices: false }), timer)
    const [namespaces, services] = progress.resources
    namespaces?.event()
    namespaces?.heard()
    timer.pass(5000)
    namespaces?.heard()
    timer.pass(2000)
    services?.heard()
    if (services !== undefined) services.problem = 'x'
    expect(progress.status().kinds).to.deep.equal([
      { kind: 'Namespace', isSynced: false, heardAgeMs: 2000, eventAgeMs: 7000 },
      { kind: 'Service', isSynced: false, problem: 'x', heardAgeMs: 0 },
    ])
  })

  it('is ready once all are synced, whatever happens afterwards', () => {
    const states = { Namespace: synced, Service: synced, EndpointSlice: { ...synced, problem: 'gone' } }
    expect(progressOf(states).status()).to.include({ isReady: true, detail: '3 of 3 kinds synced' })
    expect(progressOf({ ...states, Service: {} }).status().isReady).to.equal(false)
  })
})
