/**
 * bench/loads: what is measured, as data.
 *
 * load.ts says what a load is, question.ts what is asked. Start here.
 */
import { defaultLimits } from '../../src/transport/answer-cache.ts'
import { outsideName, outsideNames } from '../cluster/outside.ts'
import { type ClusterPlan, headlessName, serviceName, servicesDomain, times, zone } from '../cluster/plan.ts'
import type { Load } from './load.ts'
import type { Question } from './question.ts'

/** Every server that looks something up. */
const servers = ['batched', 'knot', 'nsd'] as const

/** How many names the small loads ask. */
const fewNames = 1000

/**
 * All loads, in the order in which they run.
 *
 * @param scale what the numbers of objects that make a load big are multiplied by: 1 but in a smoke run
 */
export function allLoads(scale: number): Load[] {
  const few = { services: scaled(fewNames, scale) }
  const misses = Math.ceil(defaultLimits.maxEntries * 1.1)
  const common = { expected: 'NOERROR', transport: 'udp' } as const
  return [
    {
      ...common,
      name: 'hits',
      title: 'hits, 1,000 names: ClusterIP A',
      peers: ['batched', 'dgram', 'kubeadm', 'dns2', 'knot', 'nsd', 'echo'],
      cluster: few,
      questions: serviceAddresses,
      halfLoad: true,
      control: true,
    },
    {
      ...common,
      name: 'forwarded',
      title: 'hits, 1,000 names of an upstream, kept for 30 s',
      peers: ['kubeadm'],
      cluster: few,
      questions: outsideAddresses,
    },
    {
      ...common,
      name: 'hits-100k',
      title: 'hits, 100,000 names: ClusterIP A',
      peers: servers,
      cluster: { services: scaled(100_000, scale) },
      questions: serviceAddresses,
    },
    {
      ...common,
      name: 'nxdomain',
      title: 'NXDOMAIN: names outside, walked through the search path of a Pod',
      peers: servers,
      cluster: few,
      questions: searchPathWalk,
      expected: 'NXDOMAIN',
      halfLoad: true,
    },
    {
      ...common,
      name: 'srv',
      title: 'SRV: the port of 1,000 Services',
      peers: servers,
      cluster: few,
      questions: ports,
    },
    ...headlessLoads(scale),
    {
      ...common,
      name: 'misses',
      title: 'misses: more names than the answer cache holds, in a circle',
      peers: servers,
      // Each has been dropped from the cache when its turn comes again.
      cluster: { services: scaled(misses, scale) },
      questions: serviceAddresses,
    },
    {
      ...common,
      name: 'changes',
      title: 'hits, 1,000 names, while 1,000 other objects a second change',
      peers: ['batched'],
      cluster: { ...few, changing: 1000 },
      questions: serviceAddresses,
      changing: true,
      halfLoad: true,
    },
    {
      ...common,
      name: 'tcp',
      title: 'hits, 1,000 names, pipelined over TCP',
      peers: servers,
      cluster: few,
      questions: serviceAddresses,
      transport: 'tcp',
    },
    {
      ...common,
      name: 'edns-cookie',
      title: 'hits, 1,000 names, EDNS with a client cookie',
      peers: servers,
      cluster: few,
      questions: serviceAddresses,
      option: { code: 10, hex: '0123456789abcdef' }, // RFC 7873 section 4
      control: true,
    },
  ]
}

/** Some 10,000 endpoints at any size: 3 go into one answer of 512 octets, 10 too, 100 and 1,000 need TCP. */
function headlessLoads(scale: number): Load[] {
  return (
    [
      { endpoints: 3, transports: ['udp', 'tcp'] },
      { endpoints: 10, transports: ['udp'] },
      { endpoints: 100, transports: ['udp', 'tcp'] },
      { endpoints: 1000, transports: ['udp', 'tcp'] },
    ] as const
  ).flatMap(({ endpoints, transports }) =>
    transports.map((transport) => ({
      name: `headless-${endpoints}${transport === 'tcp' ? '-tcp' : ''}`,
      title: `headless Services of ${endpoints.toLocaleString('en')} endpoints, over ${transport.toUpperCase()}`,
      peers: servers,
      cluster: { services: 0, headless: { count: scaled(Math.min(fewNames, 10_000 / endpoints), scale), endpoints } },
      questions: headlessAddresses,
      expected: 'NOERROR',
      transport,
    })),
  )
}

const scaled = (count: number, scale: number): number => Math.max(1, Math.round(count * scale))

function serviceAddresses({ services }: ClusterPlan): Question[] {
  return times(services, (number) => ({ name: `${serviceName(number)}.${servicesDomain}`, type: 'A' }))
}

function outsideAddresses(): Question[] {
  return times(outsideNames, (number) => ({ name: outsideName(number), type: 'A' }))
}

function ports({ services }: ClusterPlan): Question[] {
  return times(services, (number) => ({ name: `_http._tcp.${serviceName(number)}.${servicesDomain}`, type: 'SRV' }))
}

function headlessAddresses({ headless }: ClusterPlan): Question[] {
  return times(headless?.count ?? 0, (number) => ({ name: `${headlessName(number)}.${servicesDomain}`, type: 'A' }))
}

/** What a Pod of `ndots:5` asks in vain before it asks for the name itself. */
function searchPathWalk({ services }: ClusterPlan): Question[] {
  const searchPath = [servicesDomain, `svc.${zone}`, zone]
  return times(services, (number) => `www.example-${number}.com`).flatMap((name) =>
    searchPath.map((domain): Question => ({ name: `${name}.${domain}`, type: 'A' })),
  )
}
