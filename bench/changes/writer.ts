/**
 * Changes a cluster's files, one after the other at a steady pace, until it is asked to end.
 *
 * Prints a line as soon as it has begun, and one with what it did at the end.
 *
 *   node bench/changes/writer.ts FOLDER PLAN FIRST
 *
 * PLAN is the cluster's plan as JSON, FIRST the number of writes that were made before: no write repeats an address.
 */

import { filesOfChanging, writeChange } from '../cluster/manifests.ts'
import type { ClusterPlan } from '../cluster/plan.ts'
import type { Written } from './changes.ts'

/** Ten files of a hundred objects a second. */
const intervalMs = 100

const [folder = '', plan = '', first = ''] = process.argv.slice(2)
const cluster = JSON.parse(plan) as ClusterPlan
const files = filesOfChanging(cluster)

let writes = Number(first)
let objects = 0
const started = performance.now()
const timer = setInterval(writeNext, intervalMs)
writeNext()
console.log('begun')

function writeNext(): void {
  objects += writeChange(folder, cluster, writes % files, Math.floor(writes / files) + 1)
  writes++
}

process.once('SIGTERM', () => {
  clearInterval(timer)
  const written: Written = { writes, objects, seconds: (performance.now() - started) / 1000 }
  console.log(JSON.stringify(written))
})
