import { isIP } from 'node:net'
import { withoutZoneId } from '../../util/address.ts'

/** The name servers of a resolv.conf(5), without what is no address; an IPv6 zone is left out. */
export function readNameservers(text: string): string[] {
  return text.split('\n').flatMap((line) => {
    const [keyword, server = ''] = line.trim().split(/\s+/)
    const address = withoutZoneId(server)
    return keyword === 'nameserver' && isIP(address) !== 0 ? [address] : []
  })
}
