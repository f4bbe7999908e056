import type { Name } from '../../dns/name.ts'
import type { Network } from '../../util/network.ts'

export const aclActions = ['allow', 'block', 'filter', 'drop'] as const
export type AclAction = (typeof aclActions)[number]

/** One `acl` directive. */
export interface AclRule {
  readonly zones: readonly Name[]
  /** The first that matches decides. */
  readonly policies: readonly AclPolicy[]
}

export interface AclPolicy {
  readonly action: AclAction
  /** Undefined: all. */
  readonly qtypes: ReadonlySet<number> | undefined
  /** Those of the clients it holds for; undefined: all. */
  readonly networks: readonly Network[] | undefined
}
