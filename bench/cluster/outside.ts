import { times } from './plan.ts'

/** A zone that is not the cluster's, which a server has to ask another one for. */
export const outsideZone = 'outside.test'

/** How many names it has. */
export const outsideNames = 1000

export const outsideName = (number: number): string => `name-${number}.${outsideZone}`

/** Every record of the zone, as lines of a zone file (RFC 1035 section 5). */
export function outsideZoneLines(): string[] {
  return [
    `${outsideZone}. 3600 IN SOA ns.${outsideZone}. hostmaster.${outsideZone}. 1 7200 1800 86400 3600`,
    `${outsideZone}. 3600 IN NS ns.${outsideZone}.`,
    `ns.${outsideZone}. 3600 IN A 127.0.0.1`,
    ...times(outsideNames, (number) => `${outsideName(number)}. 3600 IN A 192.0.2.${number % 250}`),
  ]
}
