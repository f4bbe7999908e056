import { writeFileSync } from 'node:fs'
import {
  type ClusterPlan,
  changingAddress,
  changingName,
  clusterIP,
  endpointAddress,
  headlessName,
  serviceName,
  servicesDomain,
  times,
  ttlSeconds,
  zone,
} from './plan.ts'

/** The serial number that the zone file has: ours counts by the clock. */
export const zoneSerial = 1

/** Writes the zone that our server makes of the cluster's manifests, as a zone file (RFC 1035 section 5). */
export function writeZone(file: string, plan: ClusterPlan): void {
  writeFileSync(file, zoneLines(plan).join('\n').concat('\n'))
}

/** Every record of the cluster's zone; reverse names are in other zones, and no load asks for them. */
export function zoneLines(plan: ClusterPlan): string[] {
  const { services, headless = { count: 0, endpoints: 0 }, changing = 0 } = plan
  return [
    `${zone}. ${ttlSeconds} IN SOA ns.dns.${zone}. hostmaster.${zone}. ${zoneSerial} 7200 1800 86400 ${ttlSeconds}`,
    `${zone}. ${ttlSeconds} IN NS ns.dns.${zone}.`,
    `ns.dns.${zone}. ${ttlSeconds} IN A 127.0.0.1`,
    `dns-version.${zone}. 28800 IN TXT "1.1.0"`,
    ...times(services, serviceLines).flat(),
    ...times(headless.count, (number) =>
      headlessLines(
        headlessName(number),
        times(headless.endpoints, (index) => endpointAddress(plan, number, index)),
      ),
    ).flat(),
    ...times(changing, (number) => headlessLines(changingName(number), [changingAddress(plan, number, 0)])).flat(),
  ]
}

function serviceLines(number: number): string[] {
  const name = `${serviceName(number)}.${servicesDomain}`
  return [name, `_http._tcp.${name}`].flatMap((owner) => [
    `${owner}. ${ttlSeconds} IN A ${clusterIP(number)}`,
    `${owner}. ${ttlSeconds} IN SRV 0 100 80 ${name}.`,
  ])
}

/** All addresses at the Service's name, and each at a name of its own. */
function headlessLines(service: string, addresses: readonly string[]): string[] {
  const name = `${service}.${servicesDomain}`
  return addresses.flatMap((address) => [
    `${name}. ${ttlSeconds} IN A ${address}`,
    `${address.replaceAll('.', '-')}.${name}. ${ttlSeconds} IN A ${address}`,
  ])
}
