import { EXTENDED_ERROR } from '../../dns/iana.ts'
import { defineReason } from '../../plugin/reason.ts'

/** Why a name outside of the cluster is answered as it is, beside what reasons.ts has for those inside. */
const { Other } = EXTENDED_ERROR

type OfService = {
  /** `NAMESPACE/NAME`. */
  readonly service: string
}

export const externalAddresses = defineReason(
  'external-addresses',
  Other,
  ({ service, externalIPs }: OfService & { externalIPs: readonly string[] }) =>
    `Service ${service} is reached from outside at ${externalIPs.join(', ')}`,
)
export const noExternalAddress = defineReason(
  'no-external-address',
  Other,
  ({ service }: OfService) => `Service ${service} has no address outside of the cluster`,
)
export const noExternalPort = defineReason(
  'no-external-port',
  Other,
  ({ service, port }: OfService & { port: string }) => `Service ${service} has no port ${port}`,
)
export const externalPointers = defineReason(
  'reverse-external',
  Other,
  ({ address, services }: { address: string; services: readonly string[] }) =>
    `${address} is an external address of Service ${services.join(', ')}`,
)
export const noSuchExternalAddress = defineReason(
  'no-such-external-address',
  Other,
  ({ address }: { address: string }) => `no Service has the external address ${address}`,
)
