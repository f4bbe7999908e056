import type { Rcode } from '../../src/dns/iana.ts'
import type { ClusterPlan } from '../cluster/plan.ts'
import type { Question } from './question.ts'

/** One thing that is measured: a cluster, questions of it, how they are asked, and of whom. */
export interface Load {
  readonly name: string
  /** What is asked, for people. */
  readonly title: string
  /** Names of peers of this repository; an external peer takes part wherever it answers as expected. */
  readonly peers: readonly string[]
  readonly cluster: ClusterPlan
  /** Asked one after the other, in a circle. */
  readonly questions: (cluster: ClusterPlan) => Question[]
  readonly expected: Rcode
  readonly transport: 'udp' | 'tcp'
  /** An EDNS option that every query carries. */
  readonly option?: { readonly code: number; readonly hex: string }
  /** Latency at a fixed rate, half of what saturates, is measured as well. */
  readonly halfLoad?: boolean
  /** Dnsperf asks the same, so that our own generator is not all there is to believe. */
  readonly control?: boolean
  /** The cluster changes while it is asked. */
  readonly changing?: boolean
}
