/**
 * cluster/manifests/warnings: what is valid in manifests, and will surprise in DNS.
 *
 * overview.ts puts look-ups over the drafts and over the Pod templates of workloads (pod-shape.ts); each check reads
 * it and gives findings (finding.ts). Nothing here changes an answer. Start here, with the list of checks.
 */
import type { Steps } from '../../../util/steps.ts'
import type { Draft, WorkloadDraft } from '../drafts.ts'
import { externalNameAddress, externalNameDangling } from './external-name.ts'
import { type Finding, toWarning, type Warning } from './finding.ts'
import { headlessWithoutPorts } from './headless-without-ports.ts'
import { labelTooLong } from './label-too-long.ts'
import { type Naming, type Overview, overviewOf } from './overview.ts'
import { peerDiscoveryNotReady } from './peer-discovery-not-ready.ts'
import { podSubdomainMissingService } from './pod-subdomain-missing-service.ts'
import { podsNotSimulated } from './pods-not-simulated.ts'
import { selectorMatchesNoPod } from './selector-matches-no-pod.ts'
import { serviceShadowsSearchPath } from './service-shadows-search-path.ts'
import {
  statefulSetServiceMissing,
  statefulSetServiceNotHeadless,
  statefulSetServiceSelectsOtherPods,
} from './statefulset-service.ts'

/** A pure function: the same manifests, the same findings. */
export type Check = (overview: Overview) => readonly Finding[]

/** Every code with what finds it. docs/warnings.md explains each; a test keeps the two lists equal. */
const checks = {
  'external-name-address': externalNameAddress,
  'external-name-dangling': externalNameDangling,
  'headless-without-ports': headlessWithoutPorts,
  'label-too-long': labelTooLong,
  'peer-discovery-not-ready': peerDiscoveryNotReady,
  'pod-subdomain-missing-service': podSubdomainMissingService,
  'pods-not-simulated': podsNotSimulated,
  'selector-matches-no-pod': selectorMatchesNoPod,
  'service-shadows-search-path': serviceShadowsSearchPath,
  'statefulset-service-missing': statefulSetServiceMissing,
  'statefulset-service-not-headless': statefulSetServiceNotHeadless,
  'statefulset-service-selects-other-pods': statefulSetServiceSelectsOtherPods,
} as const satisfies Readonly<Record<string, Check>>

export type WarningCode = keyof typeof checks

// Object.entries forgets the keys' type, which the table's own type says.
const table = Object.entries(checks) as readonly (readonly [WarningCode, Check])[]

/** In alphabetical order. */
export const warningCodes: readonly WarningCode[] = table.map(([code]) => code)

/** Every warning about manifests that are valid, in the order of the checks; one check at a step. */
export function* findWarnings(
  drafts: readonly Draft[],
  workloads: readonly WorkloadDraft[],
  naming: Naming,
): Steps<Warning[]> {
  const overview = overviewOf(drafts, workloads, naming)
  const warnings: Warning[] = []
  for (const [code, check] of table) {
    yield
    for (const finding of check(overview)) warnings.push(toWarning(code, finding))
  }
  return warnings
}
