import { ManifestError } from '../cluster/manifests/errors.ts'
import { type LoadOptions, readManifests } from '../cluster/manifests/read.ts'
import { kinds } from '../cluster/model.ts'
import { ClusterStore } from '../cluster/store.ts'
import { systemClock } from '../util/clock.ts'
import type { ManifestOptions } from './options.ts'

/** The ranges given, as the manifests source takes them. */
export function loadOptions({ serviceCidr, podCidr }: ManifestOptions): LoadOptions {
  return { serviceRanges: serviceCidr, podRanges: podCidr }
}

/**
 * The cluster that manifests describe, read once.
 *
 * @throws ManifestError with every problem there is
 */
export async function loadCluster(options: ManifestOptions): Promise<ClusterStore> {
  const { objects, problems } = await readManifests(options.file, loadOptions(options))
  if (problems.length > 0) throw new ManifestError(problems)
  const cluster = new ClusterStore(systemClock)
  cluster.replace(kinds, objects)
  return cluster
}
