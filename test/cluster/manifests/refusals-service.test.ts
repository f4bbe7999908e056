import { expect } from 'chai'
import { expected, object, problemsOf, service } from './support.ts'

const cases: readonly Case[] = [
  {
    title: 'spec of the wrong type',
    text: object('Service', 'spec: x'),
    problems: ["4:7: spec: found 'x', expected a map"],
  },
  {
    title: 'no spec',
    text: object('Service'),
    problems: ['1:1: spec.ports: found no port, expected a port at least, for type ClusterIP'],
  },
  {
    title: 'no ports',
    text: service('type: NodePort'),
    problems: ['5:3: spec.ports: found no port, expected a port at least, for type NodePort'],
  },
  {
    title: 'empty ports',
    text: service('ports: []'),
    problems: ['5:10: spec.ports: found no port, expected a port at least, for type ClusterIP'],
  },
  // type
  {
    title: 'unknown type',
    text: service('type: Clusterip', 'ports: [{ port: 80 }]'),
    problems: ["5:9: spec.type: found 'Clusterip', expected one of ClusterIP, NodePort, LoadBalancer, ExternalName"],
  },
  {
    title: 'type of the wrong type',
    text: service('type: 5', 'ports: [{ port: 80 }]'),
    problems: ['5:9: spec.type: found the number 5, expected a string: put it in quotes'],
  },
  // addresses
  {
    title: 'clusterIP that is no address',
    text: service('clusterIP: 10.0.0', 'ports: [{ port: 80 }]'),
    problems: ["5:14: spec.clusterIP: found '10.0.0', expected an IP address"],
  },
  {
    title: 'clusterIP that is a number',
    text: service('clusterIP: 10.0', 'ports: [{ port: 80 }]'),
    problems: ['5:14: spec.clusterIP: found the number 10.0, expected a string: put it in quotes'],
  },
  {
    title: 'clusterIP with leading zeros',
    text: service('clusterIP: 10.096.0.1', 'ports: [{ port: 80 }]'),
    problems: ["5:14: spec.clusterIP: found '10.096.0.1', expected an IP address without leading zeros"],
  },
  {
    title: 'clusterIP mapped into IPv6',
    text: service('clusterIP: "::ffff:10.0.0.1"', 'ports: [{ port: 80 }]'),
    problems: [
      "5:14: spec.clusterIP: found '::ffff:10.0.0.1', expected an IP address, not an IPv4 address mapped into IPv6",
    ],
  },
  {
    title: 'clusterIP mapped into IPv6, in hexadecimal',
    text: service('clusterIP: "::ffff:a00:1"', 'ports: [{ port: 80 }]'),
    problems: [
      "5:14: spec.clusterIP: found '::ffff:a00:1', expected an IP address, not an IPv4 address mapped into IPv6",
    ],
  },
  {
    title: 'clusterIP with a zone',
    text: service('clusterIP: "fe80::1%eth0"', 'ports: [{ port: 80 }]'),
    problems: ["5:14: spec.clusterIP: found 'fe80::1%eth0', expected an IP address without a zone"],
  },
  {
    title: 'clusterIP with a prefix length',
    text: service('clusterIP: 10.0.0.1/24', 'ports: [{ port: 80 }]'),
    problems: ["5:14: spec.clusterIP: found '10.0.0.1/24', expected an IP address without a prefix length"],
  },
  {
    title: 'clusterIP on the loopback',
    text: service('clusterIP: 127.0.0.1', 'ports: [{ port: 80 }]'),
    problems: ['5:14: spec.clusterIP: found a loopback address, 127.0.0.1, expected one that others can reach'],
  },
  {
    title: 'clusterIPs that begin with another one',
    text: service('clusterIP: 10.0.0.1', 'clusterIPs: [10.0.0.2]', 'ports: [{ port: 80 }]'),
    problems: ["6:16: spec.clusterIPs[0]: found '10.0.0.2', expected 10.0.0.1, which is the clusterIP"],
  },
  {
    title: 'three clusterIPs',
    text: service('clusterIPs: [10.0.0.1, "fd00::1", 10.0.0.2]', 'ports: [{ port: 80 }]'),
    problems: ['5:15: spec.clusterIPs: found 3 addresses, expected at most two, one of each family'],
  },
  {
    title: 'two clusterIPs of one family',
    text: service('clusterIPs: [10.0.0.1, 10.0.0.2]', 'ports: [{ port: 80 }]'),
    problems: [
      '5:26: spec.clusterIPs[1]: found an IPv4 address, which spec.clusterIPs[0] has too, expected one of the other family',
    ],
  },
  {
    title: 'address after None',
    text: service('clusterIPs: [None, 10.0.0.2]', 'ports: [{ port: 80 }]'),
    problems: ["5:22: spec.clusterIPs[1]: found '10.0.0.2', expected nothing after 'None'"],
  },
  {
    title: 'None after an address',
    text: service('clusterIPs: [10.0.0.2, None]', 'ports: [{ port: 80 }]'),
    problems: ["5:26: spec.clusterIPs[1]: found 'None', expected an IP address"],
  },
  {
    title: 'clusterIPs of the wrong type',
    text: service('clusterIPs: 10.0.0.2', 'ports: [{ port: 80 }]'),
    problems: ["5:15: spec.clusterIPs: found '10.0.0.2', expected a list"],
  },
  {
    title: 'unknown family',
    text: service('ipFamilies: [IPv5]', 'ports: [{ port: 80 }]'),
    problems: ["5:16: spec.ipFamilies[0]: found 'IPv5', expected one of IPv4, IPv6"],
  },
  {
    title: 'one family twice',
    text: service('ipFamilies: [IPv4, IPv4]', 'ports: [{ port: 80 }]'),
    problems: [
      '5:22: spec.ipFamilies[1]: found IPv4, which spec.ipFamilies[0] has too, expected one of the other family',
    ],
  },
  {
    title: 'clusterIP out of its family',
    text: service('ipFamilies: [IPv6]', 'clusterIP: 10.0.0.1', 'ports: [{ port: 80 }]'),
    problems: ["6:14: spec.clusterIP: found '10.0.0.1', expected an IPv6 address, as ipFamilies has it"],
  },
  {
    title: 'unknown policy',
    text: service('ipFamilyPolicy: Dual', 'ports: [{ port: 80 }]'),
    problems: [
      "5:19: spec.ipFamilyPolicy: found 'Dual', expected one of SingleStack, PreferDualStack, RequireDualStack",
    ],
  },
  {
    title: 'single stack of two families',
    text: service('ipFamilyPolicy: SingleStack', 'ipFamilies: [IPv4, IPv6]', 'ports: [{ port: 80 }]'),
    problems: [
      "5:19: spec.ipFamilyPolicy: found 'SingleStack', expected PreferDualStack or RequireDualStack for two families",
    ],
  },
  {
    title: 'single stack of two addresses',
    text: service('ipFamilyPolicy: SingleStack', 'clusterIPs: [10.0.0.1, "fd00::1"]', 'ports: [{ port: 80 }]'),
    problems: [
      "5:19: spec.ipFamilyPolicy: found 'SingleStack', expected PreferDualStack or RequireDualStack for two families",
    ],
  },
  {
    title: 'headless NodePort',
    text: service('type: NodePort', 'clusterIP: None', 'ports: [{ port: 80 }]'),
    problems: [
      "6:14: spec.clusterIP: found 'None', expected an address: a Service of type NodePort cannot be headless",
    ],
  },
  {
    title: 'headless LoadBalancer',
    text: service('type: LoadBalancer', 'clusterIP: None', 'ports: [{ port: 80 }]'),
    problems: [
      "6:14: spec.clusterIP: found 'None', expected an address: a Service of type LoadBalancer cannot be headless",
    ],
  },
  {
    title: 'externalIPs',
    text: service('ports: [{ port: 80 }]', 'externalIPs: [x, 127.0.0.1]'),
    problems: [
      "6:17: spec.externalIPs[0]: found 'x', expected an IP address",
      '6:20: spec.externalIPs[1]: found a loopback address, 127.0.0.1, expected one that others can reach',
    ],
  },
  {
    title: 'ingress of a load balancer',
    text: `${service('ports: [{ port: 80 }]')}status: { loadBalancer: { ingress: [{ ip: x }, { hostname: A_ }] } }`,
    problems: [
      "6:43: status.loadBalancer.ingress[0].ip: found 'x', expected an IP address",
      `6:60: status.loadBalancer.ingress[1].hostname: found 'A_', expected ${expected.name}`,
    ],
  },
  // ExternalName
  {
    title: 'ExternalName without a name',
    text: service('type: ExternalName'),
    problems: [`5:3: spec.externalName: found nothing, expected ${expected.name}, for type ExternalName`],
  },
  {
    title: 'ExternalName with an empty name',
    text: service('type: ExternalName', 'externalName: ""'),
    problems: [`6:17: spec.externalName: found '', expected ${expected.name}, for type ExternalName`],
  },
  {
    title: 'ExternalName with a bad name',
    text: service('type: ExternalName', 'externalName: Foo_bar'),
    problems: [`6:17: spec.externalName: found 'Foo_bar', expected ${expected.name}`],
  },
  {
    title: 'ExternalName with a number',
    text: service('type: ExternalName', 'externalName: 5'),
    problems: ['6:17: spec.externalName: found the number 5, expected a string: put it in quotes'],
  },
  {
    title: 'ExternalName with a clusterIP',
    text: service('type: ExternalName', 'externalName: a.b', 'clusterIP: 10.0.0.1'),
    problems: [
      "7:14: spec.clusterIP: found '10.0.0.1', expected nothing: a Service of type ExternalName has no addresses",
    ],
  },
  {
    title: 'ExternalName with all that has to do with addresses',
    text: service(
      'type: ExternalName',
      'externalName: a.b',
      'clusterIP: None',
      'clusterIPs: [None]',
      'ipFamilies: [IPv4]',
      'ipFamilyPolicy: SingleStack',
    ),
    problems: [
      "7:14: spec.clusterIP: found 'None', expected nothing: a Service of type ExternalName has no addresses",
      '8:15: spec.clusterIPs: found a list, expected nothing: a Service of type ExternalName has no addresses',
      '9:15: spec.ipFamilies: found a list, expected nothing: a Service of type ExternalName has no addresses',
      "10:19: spec.ipFamilyPolicy: found 'SingleStack', expected nothing: a Service of type ExternalName has no addresses",
    ],
  },
  // ports
  {
    title: 'ports of the wrong type',
    text: service('ports: {}'),
    problems: ['5:10: spec.ports: found a map, expected a list'],
  },
  {
    title: 'port of the wrong type',
    text: service('ports: [80]'),
    problems: ['5:11: spec.ports[0]: found the number 80, expected a map'],
  },
  {
    title: 'port without number',
    text: service('ports: [{ name: a }]'),
    problems: [`5:11: spec.ports[0].port: found nothing, expected ${expected.port}`],
  },
  {
    title: 'port 0',
    text: service('ports: [{ port: 0 }]'),
    problems: [`5:19: spec.ports[0].port: found the number 0, expected ${expected.port}`],
  },
  {
    title: 'port 65536',
    text: service('ports: [{ port: 65536 }]'),
    problems: [`5:19: spec.ports[0].port: found the number 65536, expected ${expected.port}`],
  },
  {
    title: 'port as a string',
    text: service('ports: [{ port: "80" }]'),
    problems: [`5:19: spec.ports[0].port: found '80', expected ${expected.port}`],
  },
  {
    title: 'port with a fraction',
    text: service('ports: [{ port: 80.5 }]'),
    problems: [`5:19: spec.ports[0].port: found the number 80.5, expected ${expected.port}`],
  },
  {
    title: 'several ports, one without a name',
    text: service('ports:', '  - port: 80', '  - { name: b, port: 81 }'),
    problems: ['6:7: spec.ports[0].name: found nothing, expected a name, for there are several ports'],
  },
  {
    title: 'several ports of one name',
    text: service('ports:', '  - { name: a, port: 80 }', '  - { name: a, port: 81 }'),
    problems: [
      "7:15: spec.ports[1].name: found the name 'a', which spec.ports[0].name has too, expected one of its own",
    ],
  },
  {
    title: 'several ports of one number and protocol',
    text: service('ports:', '  - { name: a, port: 80 }', '  - { name: b, port: 80 }'),
    problems: ['7:24: spec.ports[1].port: found 80/TCP, which spec.ports[0].port has too, expected one of its own'],
  },
  {
    title: 'port name',
    text: service('ports: [{ name: a_b, port: 80 }]'),
    problems: [`5:19: spec.ports[0].name: found 'a_b', expected ${expected.label}`],
  },
  {
    title: 'protocol',
    text: service('ports: [{ protocol: tcp, port: 80 }]'),
    problems: ["5:23: spec.ports[0].protocol: found 'tcp', expected one of TCP, UDP, SCTP"],
  },
  {
    title: 'targetPort that is a number in quotes',
    text: service('ports: [{ port: 80, targetPort: "8080" }]'),
    problems: [`5:35: spec.ports[0].targetPort: found '8080', expected ${expected.portName}`],
  },
  {
    title: 'targetPort with two hyphens',
    text: service('ports: [{ port: 80, targetPort: a--b }]'),
    problems: [`5:35: spec.ports[0].targetPort: found 'a--b', expected ${expected.portName}`],
  },
  {
    title: 'targetPort of 16 letters',
    text: service('ports: [{ port: 80, targetPort: abcdefghijklmnop }]'),
    problems: [`5:35: spec.ports[0].targetPort: found 'abcdefghijklmnop', expected ${expected.portName}`],
  },
  {
    title: 'targetPort 70000',
    text: service('ports: [{ port: 80, targetPort: 70000 }]'),
    problems: [`5:35: spec.ports[0].targetPort: found the number 70000, expected ${expected.port}`],
  },
  {
    title: 'targetPort of the wrong type',
    text: service('ports: [{ port: 80, targetPort: true }]'),
    problems: [
      '5:35: spec.ports[0].targetPort: found the boolean true, expected a port number or the name of a container port',
    ],
  },
  {
    title: 'nodePort out of range',
    text: service('type: NodePort', 'ports: [{ port: 80, nodePort: 80 }]'),
    problems: ['6:33: spec.ports[0].nodePort: found the number 80, expected a number from 30000 to 32767'],
  },
  {
    title: 'nodePort of type ClusterIP',
    text: service('ports: [{ port: 80, nodePort: 30080 }]'),
    problems: [
      '5:33: spec.ports[0].nodePort: found the number 30080, expected nothing: a Service of type ClusterIP has no node ports',
    ],
  },
  {
    title: 'one nodePort twice',
    text: service(
      'type: NodePort',
      'ports:',
      '  - { name: a, port: 80, nodePort: 30080 }',
      '  - { name: b, port: 81, nodePort: 30080 }',
    ),
    problems: ['8:38: nodePort 30080/TCP is that of Service default/web already, at m:7:38'],
  },
  // the rest
  {
    title: 'publishNotReadyAddresses of the wrong type',
    text: service('publishNotReadyAddresses: "true"', 'ports: [{ port: 80 }]'),
    problems: ["5:29: spec.publishNotReadyAddresses: found 'true', expected true or false"],
  },
  {
    title: 'selector of the wrong type',
    text: service('selector: { a: 1 }', 'ports: [{ port: 80 }]'),
    problems: ['5:18: spec.selector.a: found the number 1, expected a string: put it in quotes'],
  },
  {
    title: 'selector that is no map',
    text: service('selector: a', 'ports: [{ port: 80 }]'),
    problems: ["5:13: spec.selector: found 'a', expected a map"],
  },
  {
    title: 'all problems at once',
    text: service(
      'type: NodePort',
      'clusterIP: None',
      'selector: [a]',
      'ports:',
      '  - port: 0',
      '  - { port: 81, nodePort: 1, protocol: x }',
    ),
    problems: [
      "6:14: spec.clusterIP: found 'None', expected an address: a Service of type NodePort cannot be headless",
      '7:13: spec.selector: found a list, expected a map',
      '9:7: spec.ports[0].name: found nothing, expected a name, for there are several ports',
      `9:13: spec.ports[0].port: found the number 0, expected ${expected.port}`,
      '10:7: spec.ports[1].name: found nothing, expected a name, for there are several ports',
      '10:29: spec.ports[1].nodePort: found the number 1, expected a number from 30000 to 32767',
      "10:42: spec.ports[1].protocol: found 'x', expected one of TCP, UDP, SCTP",
    ],
  },
]

interface Case {
  readonly title: string
  readonly text: string
  /** As `line:column: message`; all there are, in order. */
  readonly problems: readonly string[]
}

describe('manifests that are refused: Services', () => {
  for (const { title, text, problems } of cases) {
    it(title, () => expect(problemsOf(text)).to.deep.equal(problems))
  }
})
