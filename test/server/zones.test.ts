import { expect } from 'chai'
import { parseName } from '../../src/dns/name.ts'
import { chooseBlock } from '../../src/server/zones.ts'
import { queryFor } from '../support/answers.ts'
import { answerOf, zonesOf } from './harness.ts'

interface Case {
  readonly title: string
  readonly zones: readonly string[]
  readonly ask: string
  /** The zone whose block is asked; undefined: none. */
  readonly zone: string | undefined
}

const nested = ['.', 'local.', 'cluster.local.', 'shop.svc.cluster.local.']

const cases: readonly Case[] = [
  { title: 'the longest zone', zones: nested, ask: 'web.shop.svc.cluster.local. A', zone: 'shop.svc.cluster.local.' },
  { title: 'the zone at its own name', zones: nested, ask: 'cluster.local. A', zone: 'cluster.local.' },
  { title: 'a zone between', zones: nested, ask: 'x.svc.cluster.local. A', zone: 'cluster.local.' },
  { title: 'the root for the rest', zones: nested, ask: 'www.example.com. A', zone: '.' },
  { title: 'the root for the root', zones: nested, ask: '. NS', zone: '.' },
  { title: 'none where none encloses it', zones: ['cluster.local.'], ask: 'www.example.com. A', zone: undefined },
  { title: 'none above a zone', zones: ['cluster.local.'], ask: 'local. A', zone: undefined },
  { title: 'whole labels only', zones: ['cluster.local.'], ask: 'mycluster.local. A', zone: undefined },
  { title: 'letter case aside', zones: ['cluster.local.'], ask: 'WEB.Cluster.LOCAL. A', zone: 'cluster.local.' },
  { title: 'a label with a dot in it', zones: ['cluster.local.'], ask: 'a\\.cluster.local. A', zone: undefined },
  { title: 'no zones at all', zones: [], ask: 'cluster.local. A', zone: undefined },
  // RFC 4035 section 3.1.4.1: DS stands in the parent zone.
  {
    title: 'DS: the parent',
    zones: ['cluster.local.', 'shop.svc.cluster.local.'],
    ask: 'shop.svc.cluster.local. DS',
    zone: 'cluster.local.',
  },
  { title: 'DS: the topmost parent', zones: nested, ask: 'web.shop.svc.cluster.local. DS', zone: 'local.' },
  {
    title: 'DS: the zone itself where there is no parent',
    zones: ['cluster.local.'],
    ask: 'cluster.local. DS',
    zone: 'cluster.local.',
  },
  {
    title: 'DS: a child rather than the root',
    zones: ['.', 'cluster.local.'],
    ask: 'cluster.local. DS',
    zone: 'cluster.local.',
  },
  { title: 'DS: the root where nothing else is', zones: ['.', 'cluster.local.'], ask: 'example.com. DS', zone: '.' },
  { title: 'DS: none where none encloses it', zones: ['cluster.local.'], ask: 'example.com. DS', zone: undefined },
]

describe('the server block that is asked', () => {
  for (const { title, zones, ask, zone } of cases) {
    it(title, () => {
      const blocks = zonesOf(Object.fromEntries(zones.map((each) => [each, () => answerOf()])))
      const [expected] = (zone === undefined ? undefined : blocks.get(parseName(zone))) ?? []
      expect(chooseBlock(blocks, queryFor(ask)).block === expected, `${ask} is for ${zone}`).to.equal(true)
    })
  }
})
