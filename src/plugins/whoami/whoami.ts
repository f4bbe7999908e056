import { type Label, labelsOf, nameOf, root } from '../../dns/name.ts'
import type { RRset } from '../../dns/record.ts'
import type { Client, Handler } from '../../plugin/handler.ts'
import { canonicalAddress, familyOf, withoutZoneId } from '../../util/address.ts'

/** Tells whoever asks, whatever is asked, the address, transport and port it asks from (CoreDNS plugin/whoami). */
export const whoami: Handler = {
  name: 'whoami',
  serve({ qname, client }) {
    const srv: RRset = {
      owner: nameOf(prefixed(labelsOf(qname), `_${client.transport}`)),
      type: 'SRV',
      ttl: 0,
      rdata: [{ priority: 0, weight: 0, port: client.port, target: root }],
    }
    return {
      rcode: 'NOERROR',
      authoritative: true,
      answer: [],
      authority: [],
      additional: [{ owner: qname, ttl: 0, ...addressRecord(client) }, srv],
      validity: { kind: 'once' },
    }
  },
}

function addressRecord({
  address,
}: Client): Pick<RRset<'A'>, 'type' | 'rdata'> | Pick<RRset<'AAAA'>, 'type' | 'rdata'> {
  const canonical = canonicalAddress(withoutZoneId(address))
  return familyOf(canonical) === 4
    ? { type: 'A', rdata: [{ address: canonical }] }
    : { type: 'AAAA', rdata: [{ address: canonical }] }
}

/** A name that is too long to take another label stays as it is. */
function prefixed(labels: readonly Label[], label: Label): readonly Label[] {
  const octets = labels.reduce((sum, each) => sum + each.length + 1, 1)
  return octets + label.length + 1 > 255 ? labels : [label, ...labels]
}
