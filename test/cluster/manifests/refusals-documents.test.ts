import { expect } from 'chai'
import { documents, endpoints, expected, named, object, pod, problemsOf, service, slice } from './support.ts'

const cases: readonly Case[] = [
  // YAML
  {
    title: 'nested mapping',
    text: 'a: b: c',
    problems: ['1:4: yaml: nested mappings are not allowed in compact mappings'],
  },
  { title: 'repeated key', text: 'a: 1\nb: 2\na: 3', problems: ['3:1: yaml: map keys must be unique'] },
  {
    title: 'files joined without a line of dashes',
    text: 'apiVersion: v1\nkind: Namespace\nmetadata: { name: a }\napiVersion: v1\nkind: Namespace\nmetadata: { name: b }\n',
    problems: ["4:1: yaml: found a second object in one document, expected '---' before it"],
  },
  {
    title: 'list that is not closed',
    text: 'a: [1, 2',
    problems: ['1:9: yaml: flow sequence in block collection must be sufficiently indented and end with a ]'],
  },
  {
    title: 'template that was not rendered',
    text: 'a: {{ .Values.name }}',
    problems: ['1:5: yaml: found a map or a list as a key, expected a string'],
  },
  { title: 'alias without an anchor', text: 'a: *no', problems: ['1:4: yaml: no anchor &no stands before this alias'] },
  {
    title: 'alias inside its own anchor',
    text: 'a: &x [*x]',
    problems: ['1:8: yaml: no anchor &x stands before this alias'],
  },
  {
    title: 'merge of what is no map',
    text: 'a: { <<: 5 }',
    problems: ['1:4: yaml: found no map after <<, expected one, or a list of them'],
  },
  {
    title: 'more levels than any object has',
    text: `${'['.repeat(150)}${']'.repeat(150)}`,
    problems: ['1:102: yaml: nested more than 100 levels deep'],
  },
  {
    title: 'both of two bad documents',
    text: documents('a: b: c\n', 'd: }\n'),
    problems: [
      '1:4: yaml: nested mappings are not allowed in compact mappings',
      '3:4: yaml: unexpected flow-map-end token in YAML stream: "}"',
    ],
  },
  // not an object
  {
    title: 'a list',
    text: '- a',
    problems: ['1:1: found a list, expected a Kubernetes object with apiVersion and kind'],
  },
  {
    title: 'a string',
    text: 'hello',
    problems: ["1:1: found 'hello', expected a Kubernetes object with apiVersion and kind"],
  },
  {
    title: 'a map without kind',
    text: 'apiVersion: v1',
    problems: ['1:1: kind: found nothing, expected the kind of a Kubernetes object'],
  },
  {
    title: 'a map without apiVersion',
    text: 'kind: Service',
    problems: ['1:1: apiVersion: found nothing, expected that of a Kubernetes object'],
  },
  {
    title: 'a map with neither',
    text: 'replicas: 1',
    problems: ['1:1: found a map with neither, expected a Kubernetes object with apiVersion and kind'],
  },
  {
    title: 'kind of the wrong type',
    text: 'apiVersion: v1\nkind: 5',
    problems: ['2:7: kind: found the number 5, expected a string: put it in quotes'],
  },
  // apiVersion
  {
    title: 'later version',
    text: 'apiVersion: v2\nkind: Service',
    problems: ["1:13: apiVersion: found 'v2', expected v1 for kind Service"],
  },
  {
    title: 'beta version',
    text: 'apiVersion: discovery.k8s.io/v1beta1\nkind: EndpointSlice',
    problems: [
      "1:13: apiVersion: found 'discovery.k8s.io/v1beta1', expected discovery.k8s.io/v1 for kind EndpointSlice",
    ],
  },
  {
    title: 'other group of Kubernetes',
    text: 'apiVersion: apps/v1\nkind: Service',
    problems: ["1:13: apiVersion: found 'apps/v1', expected v1 for kind Service"],
  },
  // lists
  {
    title: 'list inside a list',
    text: 'apiVersion: v1\nkind: List\nitems:\n  - apiVersion: v1\n    kind: ServiceList\n    items: []',
    problems: ['4:5: found a ServiceList inside another list, expected an object'],
  },
  {
    title: 'items that are no list',
    text: 'apiVersion: v1\nkind: List\nitems: 5',
    problems: ['3:8: items: found the number 5, expected a list'],
  },
  {
    title: 'item that is no object',
    text: 'apiVersion: v1\nkind: List\nitems: [a]',
    problems: ["3:9: items[0]: found 'a', expected a map"],
  },
  {
    title: 'item without kind',
    text: 'apiVersion: v1\nkind: List\nitems:\n  - apiVersion: v1',
    problems: ['4:5: kind: found nothing, expected the kind of a Kubernetes object'],
  },
  {
    title: 'path inside an item',
    text: 'apiVersion: v1\nkind: PodList\nitems:\n  - metadata: { name: a }\n    spec: { hostname: A }',
    problems: [`5:23: spec.hostname: found 'A', expected ${expected.label}`],
  },
  // metadata
  {
    title: 'no metadata',
    text: 'apiVersion: v1\nkind: Pod',
    problems: [`1:1: metadata.name: found nothing, expected ${expected.name}`],
  },
  {
    title: 'metadata of the wrong type',
    text: 'apiVersion: v1\nkind: Pod\nmetadata: x',
    problems: ["3:11: metadata: found 'x', expected a map"],
  },
  {
    title: 'name of the wrong type',
    text: 'apiVersion: v1\nkind: Pod\nmetadata: { name: 5 }',
    problems: ['3:19: metadata.name: found the number 5, expected a string: put it in quotes'],
  },
  {
    title: 'name that YAML takes for a boolean',
    text: 'apiVersion: v1\nkind: Pod\nmetadata: { name: on }',
    problems: ['3:19: metadata.name: found the boolean on, expected a string: put it in quotes'],
  },
  {
    title: 'empty name',
    text: named('""', pod()),
    problems: [`3:19: metadata.name: found '', expected ${expected.name}`],
  },
  {
    title: 'name of a Pod',
    text: named('Web_1', pod()),
    problems: [`3:19: metadata.name: found 'Web_1', expected ${expected.name}`],
  },
  {
    title: 'name of a Pod, too long',
    text: named(`${'a'.repeat(254)}`, pod()),
    problems: [
      `3:19: metadata.name: found 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…', expected ${expected.name}`,
    ],
  },
  {
    title: 'name of a Service that begins with a digit',
    text: named('1web', service('ports: [{ port: 80 }]')),
    problems: [`3:19: metadata.name: found '1web', expected ${expected.serviceName}`],
  },
  {
    title: 'name of a Service with a dot',
    text: named('a.b', service('ports: [{ port: 80 }]')),
    problems: [`3:19: metadata.name: found 'a.b', expected ${expected.serviceName}`],
  },
  {
    title: 'name of a Service, too long',
    text: named(`${'a'.repeat(64)}`, service('ports: [{ port: 80 }]')),
    problems: [
      `3:19: metadata.name: found 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…', expected ${expected.serviceName}`,
    ],
  },
  {
    title: 'name of a Namespace',
    text: named('a.b', object('Namespace')),
    problems: [`3:19: metadata.name: found 'a.b', expected ${expected.label}`],
  },
  {
    title: 'name of an EndpointSlice',
    text: named('a..b', slice('addressType: IPv4')),
    problems: [`3:19: metadata.name: found 'a..b', expected ${expected.name}`],
  },
  {
    title: 'name of an Endpoints',
    text: named('-a', endpoints()),
    problems: [`3:19: metadata.name: found '-a', expected ${expected.name}`],
  },
  {
    title: 'namespace of a Namespace',
    text: 'apiVersion: v1\nkind: Namespace\nmetadata: { name: a, namespace: b }',
    problems: ["3:33: metadata.namespace: found 'b', expected nothing: a Namespace lies in no other"],
  },
  {
    title: 'namespace that is no label',
    text: 'apiVersion: v1\nkind: Pod\nmetadata: { name: a, namespace: A }',
    problems: [`3:33: metadata.namespace: found 'A', expected ${expected.label}`],
  },
  {
    title: 'label of the wrong type',
    text: 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n  labels:\n    version: 1.0',
    problems: ['6:14: metadata.labels.version: found the number 1.0, expected a string: put it in quotes'],
  },
  {
    title: 'label value',
    text: 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n  labels:\n    version: a b',
    problems: [
      "6:14: metadata.labels.version: found 'a b', expected up to 63 of letters, digits, '-', '_' and '.', with a letter or digit at both ends",
    ],
  },
  {
    title: 'label key',
    text: 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n  labels:\n    a/b/c: d',
    problems: [
      "6:12: metadata.labels.a/b/c: found the key 'a/b/c', expected a label key: up to 63 of letters, digits, '-', '_' and '.', with a DNS name and '/' before it at most",
    ],
  },
  {
    title: 'labels of the wrong type',
    text: 'apiVersion: v1\nkind: Pod\nmetadata: { name: a, labels: [b] }',
    problems: ['3:30: metadata.labels: found a list, expected a map'],
  },
  // together
  {
    title: 'the same object twice',
    text: documents(pod(), pod()),
    problems: ['8:19: Pod default/web is defined already, at m:3:19'],
  },
  {
    title: 'the same Namespace twice',
    text: documents(object('Namespace'), object('Namespace')),
    problems: ['8:19: Namespace web is defined already, at m:3:19'],
  },
  {
    title: 'clusterIP of another Service',
    text: documents(
      service('clusterIP: 10.96.0.9', 'ports: [{ port: 80 }]'),
      named('web2', service('clusterIP: 10.96.0.9', 'ports: [{ port: 80 }]')),
    ),
    problems: ['12:14: clusterIP 10.96.0.9 is that of Service default/web already, at m:5:14'],
  },
  {
    title: 'clusterIP of another Service, spelt differently',
    text: documents(
      service('clusterIP: "fd00::9"', 'ports: [{ port: 80 }]'),
      named('web2', service('clusterIP: "FD00:0::9"', 'ports: [{ port: 80 }]')),
    ),
    problems: ['12:14: clusterIP fd00::9 is that of Service default/web already, at m:5:14'],
  },
  {
    title: 'nodePort of another Service',
    text: documents(
      service('type: NodePort', 'ports: [{ nodePort: 30080, port: 80 }]'),
      named('web2', service('type: LoadBalancer', 'ports: [{ nodePort: 30080, port: 80 }]')),
    ),
    problems: ['13:23: nodePort 30080/TCP is that of Service default/web already, at m:6:23'],
  },
]

interface Case {
  readonly title: string
  readonly text: string
  /** As `line:column: message`; all there are, in order. */
  readonly problems: readonly string[]
}

describe('manifests that are refused: documents, metadata, and objects together', () => {
  for (const { title, text, problems } of cases) {
    it(title, () => expect(problemsOf(text)).to.deep.equal(problems))
  }
})
