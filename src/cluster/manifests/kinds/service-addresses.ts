import type { Address, Labels, Service } from '../../model.ts'
import { families as allFamilies, type Family, familyOf, parseAddress } from '../addresses.ts'
import type { Place } from '../errors.ts'
import { child, choiceAt, type Field, isBlank, listAt, refuse, stringOf } from '../field.ts'
import { otherFamily, refuseRepeats, usableAddressOf } from './parts.ts'

export interface ServiceAddresses {
  readonly headless: boolean
  /** What the manifest claims, canonical. */
  readonly clusterIPs: readonly Address[]
  readonly clusterIPsAt: readonly Place[]
  readonly families: readonly Family[]
}

const policies = ['SingleStack', 'PreferDualStack', 'RequireDualStack'] as const
type Policy = (typeof policies)[number]

/**
 * Reads clusterIP, clusterIPs, ipFamilies and ipFamilyPolicy (ValidateServiceClusterIPsRelatedFields).
 *
 * Two things an API server refuses are taken here: clusterIPs without clusterIP, and two addresses or families
 * without a policy, which then is RequireDualStack. Both say well enough what is meant.
 *
 * @param type undefined where it is a wrong one: rules of a type are not applied then
 */
export function readServiceAddresses(
  spec: Field,
  type: Service['type'] | undefined,
  selector: Labels | undefined,
): ServiceAddresses {
  if (type === 'ExternalName') return readNoAddresses(spec)

  const fields = clusterIPFields(spec)
  const headless = fields[0] !== undefined && isNone(fields[0])
  if (headless) refuseHeadless(fields, type)
  const claims = headless ? [] : readClaims(fields)
  const wanted = readFamilies(spec, claims)
  const policy = readPolicy(spec, Math.max(claims.length, wanted.length))
  return {
    headless,
    clusterIPs: claims.map(({ address }) => address),
    clusterIPsAt: claims.map(({ field }) => field.at),
    families: completeFamilies(wanted, policy, headless && selector === undefined),
  }
}

interface Claim {
  readonly field: Field
  readonly address: Address
}

function readNoAddresses(spec: Field): ServiceAddresses {
  for (const name of ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy']) {
    const field = child(spec, name)
    const isEmpty = isBlank(field) || (field.value?.kind === 'list' && field.value.items.length === 0)
    if (!isEmpty) refuse(field, 'nothing: a Service of type ExternalName has no addresses')
  }
  return { headless: false, clusterIPs: [], clusterIPsAt: [], families: [] }
}

/** The items of clusterIPs, or clusterIP where that list is empty. */
function clusterIPFields(spec: Field): Field[] {
  const one = child(spec, 'clusterIP')
  const list = listAt(spec, 'clusterIPs')
  const first = list[0]
  if (first === undefined) return isBlank(one) ? [] : [one]
  if (!isBlank(one) && canonical(one) !== canonical(first)) refuse(first, `${canonical(one)}, which is the clusterIP`)
  if (list.length > 2) refuse(child(spec, 'clusterIPs'), 'at most two, one of each family', `${list.length} addresses`)
  return list.slice(0, 2)
}

function canonical(field: Field): string {
  const text = stringOf(field) ?? ''
  return parseAddress(text) ?? text
}

function refuseHeadless(fields: readonly Field[], type: Service['type'] | undefined): void {
  const [first, second] = fields
  if (first !== undefined && (type === 'NodePort' || type === 'LoadBalancer')) {
    refuse(first, `an address: a Service of type ${type} cannot be headless`)
  }
  if (second !== undefined) refuse(second, "nothing after 'None'")
}

function readClaims(fields: readonly Field[]): Claim[] {
  const claims = fields.flatMap((field) => {
    const address = usableAddressOf(field)
    return address === undefined ? [] : [{ field, address }]
  })
  refuseRepeats(claims, ({ field, address }) => ({ key: `an ${familyOf(address)} address`, field }), otherFamily)
  return claims
}

/** What ipFamilies says, and after it what the addresses say. */
function readFamilies(spec: Field, claims: readonly Claim[]): Family[] {
  const items = listAt(spec, 'ipFamilies').flatMap((field) => {
    const family = allFamilies.find((known) => known === stringOf(field))
    if (family === undefined) refuse(field, `one of ${allFamilies.join(', ')}`)
    return family === undefined ? [] : [{ field, family }]
  })
  refuseRepeats(items, ({ field, family }) => ({ key: family, field }), otherFamily)
  for (const [index, { field, address }] of claims.entries()) {
    const family = items[index]?.family
    if (family !== undefined && familyOf(address) !== family)
      refuse(field, `an ${family} address, as ipFamilies has it`)
  }
  return [...new Set([...items.map(({ family }) => family), ...claims.map(({ address }) => familyOf(address))])]
}

function readPolicy(spec: Field, count: number): Policy | undefined {
  const policy = choiceAt(spec, 'ipFamilyPolicy', { words: policies })
  if (policy === 'SingleStack' && count > 1) {
    refuse(child(spec, 'ipFamilyPolicy'), 'PreferDualStack or RequireDualStack for two families')
  }
  return policy
}

/** A cluster of manifests has both families, so a Service that prefers both gets both (initIPFamilyFields). */
function completeFamilies(
  wanted: readonly Family[],
  policy: Policy | undefined,
  selectorless: boolean,
): readonly Family[] {
  const dual = policy === undefined ? selectorless : policy !== 'SingleStack'
  const primary = wanted[0] ?? 'IPv4'
  if (wanted.length > 1) return wanted
  return dual ? [primary, ...allFamilies.filter((family) => family !== primary)] : [primary]
}

function isNone(field: Field): boolean {
  return field.value?.kind === 'string' && field.value.text === 'None'
}
