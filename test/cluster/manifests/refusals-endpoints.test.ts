import { expect } from 'chai'
import { endpoints, expected, pod, problemsOf, slice } from './support.ts'

const cases: readonly Case[] = [
  // EndpointSlice
  {
    title: 'no addressType',
    text: slice('endpoints: []'),
    problems: ['1:1: addressType: found nothing, expected one of IPv4, IPv6, FQDN'],
  },
  {
    title: 'unknown addressType',
    text: slice('addressType: IP'),
    problems: ["4:14: addressType: found 'IP', expected one of IPv4, IPv6, FQDN"],
  },
  {
    title: 'mixed families',
    text: slice('addressType: IPv4', 'endpoints:', '  - addresses: [10.0.0.1]', '  - addresses: ["fd00::1"]'),
    problems: ["7:17: endpoints[1].addresses[0]: found 'fd00::1', expected an IPv4 address"],
  },
  {
    title: 'IPv4 in a slice of IPv6',
    text: slice('addressType: IPv6', 'endpoints:', '  - addresses: [10.0.0.1]'),
    problems: ["6:17: endpoints[0].addresses[0]: found '10.0.0.1', expected an IPv6 address"],
  },
  {
    title: 'no addresses',
    text: slice('addressType: IPv4', 'endpoints:', '  - addresses: []', '  - hostname: a'),
    problems: [
      '6:16: endpoints[0].addresses: found no address, expected an address at least',
      '7:5: endpoints[1].addresses: found no address, expected an address at least',
    ],
  },
  {
    title: 'more than 100 addresses',
    text: slice(
      'addressType: IPv4',
      `endpoints: [{ addresses: [${Array.from({ length: 101 }, (_, index) => `10.0.0.${index}`)}] }]`,
    ),
    problems: ['5:26: endpoints[0].addresses: found 101 addresses, expected at most 100'],
  },
  {
    title: 'more than 1000 endpoints',
    text: slice('addressType: IPv4', `endpoints: [${'{ addresses: [10.0.0.1] }, '.repeat(1001)}]`),
    problems: ['5:12: endpoints: found 1001 endpoints, expected at most 1000'],
  },
  {
    title: 'hostname',
    text: slice('addressType: IPv4', 'endpoints: [{ addresses: [10.0.0.1], hostname: a.b }]'),
    problems: [`5:48: endpoints[0].hostname: found 'a.b', expected ${expected.label}`],
  },
  {
    title: 'special addresses of IPv4',
    text: slice('addressType: IPv4', 'endpoints: [{ addresses: [127.0.0.1, 169.254.0.1, 224.0.0.1, 0.0.0.0] }]'),
    problems: [
      '5:27: endpoints[0].addresses[0]: found a loopback address, 127.0.0.1, expected one that others can reach',
      '5:38: endpoints[0].addresses[1]: found a link-local address, 169.254.0.1, expected one that others can reach',
      '5:51: endpoints[0].addresses[2]: found a link-local multicast address, 224.0.0.1, expected one that others can reach',
      '5:62: endpoints[0].addresses[3]: found the unspecified address, 0.0.0.0, expected one that others can reach',
    ],
  },
  {
    title: 'special addresses of IPv6',
    text: slice('addressType: IPv6', 'endpoints: [{ addresses: ["::1", "fe80::1", "ff02::1", "::"] }]'),
    problems: [
      '5:27: endpoints[0].addresses[0]: found a loopback address, ::1, expected one that others can reach',
      '5:34: endpoints[0].addresses[1]: found a link-local address, fe80::1, expected one that others can reach',
      '5:45: endpoints[0].addresses[2]: found a link-local multicast address, ff02::1, expected one that others can reach',
      '5:56: endpoints[0].addresses[3]: found the unspecified address, ::, expected one that others can reach',
    ],
  },
  {
    title: 'names of one label',
    text: slice('addressType: FQDN', 'endpoints: [{ addresses: [host, a.example.com, A.example.com] }]'),
    problems: [
      "5:27: endpoints[0].addresses[0]: found 'host', expected a DNS name of two labels or more, in lower case",
      "5:48: endpoints[0].addresses[2]: found 'A.example.com', expected a DNS name of two labels or more, in lower case",
    ],
  },
  {
    title: 'several ports without names',
    text: slice('addressType: IPv4', 'ports: [{ port: 80 }, { port: 81 }]'),
    problems: ['5:23: ports[1].name: found no name, which ports[0].name has too, expected one of its own'],
  },
  {
    title: 'several ports of one name',
    text: slice('addressType: IPv4', 'ports: [{ name: a, port: 80 }, { name: a, port: 81 }]'),
    problems: ["5:40: ports[1].name: found the name 'a', which ports[0].name has too, expected one of its own"],
  },
  {
    title: 'port out of range',
    text: slice('addressType: IPv4', 'ports: [{ port: 0 }]'),
    problems: [`5:17: ports[0].port: found the number 0, expected ${expected.port}`],
  },
  {
    title: 'protocol of a port',
    text: slice('addressType: IPv4', 'ports: [{ port: 80, protocol: ICMP }]'),
    problems: ["5:31: ports[0].protocol: found 'ICMP', expected one of TCP, UDP, SCTP"],
  },
  {
    title: 'condition of the wrong type',
    text: slice('addressType: IPv4', 'endpoints: [{ addresses: [10.0.0.1], conditions: { ready: "yes" } }]'),
    problems: ["5:59: endpoints[0].conditions.ready: found 'yes', expected true or false"],
  },
  {
    title: 'endpoints of the wrong type',
    text: slice('addressType: IPv4', 'endpoints: {}'),
    problems: ['5:12: endpoints: found a map, expected a list'],
  },
  {
    title: 'targetRef of the wrong type',
    text: slice('addressType: IPv4', 'endpoints: [{ addresses: [10.0.0.1], targetRef: web-0 }]'),
    problems: ["5:49: endpoints[0].targetRef: found 'web-0', expected a map"],
  },
  // Endpoints
  {
    title: 'subset without addresses',
    text: endpoints('subsets: [{ ports: [{ port: 80 }] }]'),
    problems: ['4:11: subsets[0]: found neither, expected addresses or notReadyAddresses'],
  },
  {
    title: 'subset with empty addresses',
    text: endpoints('subsets: [{ addresses: [] }]'),
    problems: ['4:11: subsets[0]: found no address, expected addresses or notReadyAddresses'],
  },
  {
    title: 'addresses that are none',
    text: endpoints('subsets: [{ addresses: [{ ip: a }, { hostname: b }] }]'),
    problems: [
      "4:31: subsets[0].addresses[0].ip: found 'a', expected an IP address",
      '4:36: subsets[0].addresses[1].ip: found nothing, expected an IP address',
    ],
  },
  {
    title: 'loopback address',
    text: endpoints('subsets: [{ notReadyAddresses: [{ ip: 127.0.0.1 }] }]'),
    problems: [
      '4:39: subsets[0].notReadyAddresses[0].ip: found a loopback address, 127.0.0.1, expected one that others can reach',
    ],
  },
  {
    title: 'hostname of an address',
    text: endpoints('subsets: [{ addresses: [{ ip: 10.0.0.1, hostname: A }] }]'),
    problems: [`4:51: subsets[0].addresses[0].hostname: found 'A', expected ${expected.label}`],
  },
  {
    title: 'several ports, one without a name, one without a number',
    text: endpoints('subsets: [{ addresses: [{ ip: 10.0.0.1 }], ports: [{ port: 80 }, { name: a }] }]'),
    problems: [
      '4:52: subsets[0].ports[0].name: found nothing, expected a name, for there are several ports',
      `4:66: subsets[0].ports[1].port: found nothing, expected ${expected.port}`,
    ],
  },
  // Pod
  {
    title: 'hostname and subdomain',
    text: pod('spec: { hostname: a.b, subdomain: A }'),
    problems: [
      `4:19: spec.hostname: found 'a.b', expected ${expected.label}`,
      `4:35: spec.subdomain: found 'A', expected ${expected.label}`,
    ],
  },
  {
    title: 'podIP that is no address',
    text: pod('status: { podIP: x }'),
    problems: ["4:18: status.podIP: found 'x', expected an IP address"],
  },
  {
    title: 'podIPs that begin with another one',
    text: pod('status: { podIP: 10.0.0.1, podIPs: [{ ip: 10.0.0.2 }] }'),
    problems: ["4:43: status.podIPs[0].ip: found '10.0.0.2', expected 10.0.0.1, which is the podIP"],
  },
  {
    title: 'two podIPs of one family',
    text: pod('status: { podIPs: [{ ip: 10.0.0.1 }, { ip: 10.0.0.2 }] }'),
    problems: [
      '4:44: status.podIPs[1].ip: found an IPv4 address, which status.podIPs[0].ip has too, expected one of the other family',
    ],
  },
  {
    title: 'unknown phase',
    text: pod('status: { phase: Done }'),
    problems: ["4:18: status.phase: found 'Done', expected one of Pending, Running, Succeeded, Failed, Unknown"],
  },
  {
    title: 'condition that is a boolean',
    text: pod('status: { conditions: [{ type: Ready, status: true }] }'),
    problems: ['4:47: status.conditions[0].status: found the boolean true, expected a string: put it in quotes'],
  },
  {
    title: 'ports of a container',
    text: pod('spec: { containers: [{ ports: [{ name: http_x, containerPort: 0 }, { name: a }] }] }'),
    problems: [
      `4:40: spec.containers[0].ports[0].name: found 'http_x', expected ${expected.portName}`,
      `4:63: spec.containers[0].ports[0].containerPort: found the number 0, expected ${expected.port}`,
      `4:68: spec.containers[0].ports[1].containerPort: found nothing, expected ${expected.port}`,
    ],
  },
  {
    title: 'two ports of one name in a container',
    text: pod('spec: { containers: [{ ports: [{ name: a, containerPort: 4 }, { name: a, containerPort: 5 }] }] }'),
    problems: [
      "4:71: spec.containers[0].ports[1].name: found the name 'a', which spec.containers[0].ports[0].name has too, expected one of its own",
    ],
  },
  {
    title: 'containers of the wrong type',
    text: pod('spec: { containers: {} }'),
    problems: ['4:21: spec.containers: found a map, expected a list'],
  },
]

interface Case {
  readonly title: string
  readonly text: string
  /** As `line:column: message`; all there are, in order. */
  readonly problems: readonly string[]
}

describe('manifests that are refused: EndpointSlices, Endpoints, Pods', () => {
  for (const { title, text, problems } of cases) {
    it(title, () => expect(problemsOf(text)).to.deep.equal(problems))
  }
})
