import { expect } from 'chai'
import { watchedResources } from '../../../src/cluster/live/resources.ts'
import { formatSelector } from '../../../src/cluster/selector.ts'
import { needsOf } from './needs-of.ts'

const block = (zone: string, ...lines: string[]) => `${zone} {\nkubernetes {\n${lines.join('\n')}\n}\n}\n`
const usual = ['namespaces', 'services', 'endpointslices']

interface Case {
  readonly title: string
  readonly corefile: string
  readonly resources?: readonly string[]
  readonly labels?: boolean
  readonly selector?: string
  readonly namespaceSelector?: string
}

const cases: readonly Case[] = [
  { title: 'the usual', corefile: 'cluster.local {\nkubernetes\n}\n' },
  { title: 'pods insecure', corefile: block('cluster.local', 'pods insecure') },
  { title: 'pods verified', corefile: block('cluster.local', 'pods verified'), resources: [...usual, 'pods'] },
  {
    title: 'autopath, with pods verified',
    corefile: 'cluster.local {\nautopath @kubernetes\nkubernetes {\npods verified\n}\n}\n',
    resources: [...usual, 'pods'],
  },
  {
    title: 'metadata, with pods verified: labels of clients',
    corefile: 'cluster.local {\nmetadata\nkubernetes {\npods verified\n}\n}\n',
    resources: [...usual, 'pods'],
    labels: true,
  },
  { title: 'metadata, without', corefile: 'cluster.local {\nmetadata\nkubernetes\n}\n' },
  { title: 'noendpoints', corefile: block('cluster.local', 'noendpoints'), resources: ['namespaces', 'services'] },
  {
    title: 'multicluster',
    corefile:
      'cluster.local clusterset.local {\nkubernetes cluster.local clusterset.local {\nmulticluster clusterset.local\n}\n}\n',
    resources: [...usual, 'serviceimports'],
  },
  {
    title: 'labels',
    corefile: block('cluster.local', 'labels app=web,tier!=test'),
    labels: true,
    selector: 'app in (web),tier notin (test)',
  },
  {
    title: 'namespace_labels',
    corefile: block('cluster.local', 'namespace_labels owner'),
    labels: true,
    namespaceSelector: 'owner',
  },
  { title: 'namespaces do not go to the API', corefile: block('cluster.local', 'namespaces shop') },
  {
    title: 'two directives: what either needs',
    corefile: block('a.local', 'noendpoints', 'pods verified') + block('b.local', 'pods disabled'),
    resources: [...usual, 'pods'],
  },
  {
    title: 'two directives without endpoints',
    corefile: block('a.local', 'noendpoints') + block('b.local', 'noendpoints'),
    resources: ['namespaces', 'services'],
  },
  {
    title: 'two directives with the same selector',
    corefile: block('a.local', 'labels app=web') + block('b.local', 'labels app = web'),
    labels: true,
    selector: 'app in (web)',
  },
  {
    title: 'two directives with different selectors: each filters for itself',
    corefile: block('a.local', 'labels app=web') + block('b.local', 'labels app=db'),
    labels: true,
  },
  {
    title: 'two directives, one of them with a selector',
    corefile: block('a.local', 'labels app=web', 'namespace_labels owner') + block('b.local'),
    labels: true,
  },
]

describe('kubernetes plugin: what a live cluster is asked for', () => {
  for (const { title, corefile, resources = usual, labels = false, ...selectors } of cases) {
    it(title, () => {
      const needs = needsOf(corefile)
      expect(watchedResources(needs).map(({ name }) => name)).to.deep.equal(resources)
      expect(needs.labels).to.equal(labels)
      const { selector, namespaceSelector } = needs
      expect({
        ...(selector !== undefined && { selector: formatSelector(selector) }),
        ...(namespaceSelector !== undefined && { namespaceSelector: formatSelector(namespaceSelector) }),
      }).to.deep.equal(selectors)
    })
  }
})
