import type { Query } from './handler.ts'

/** Which queries a server block is for, among those for its zones (plugin view). */
export interface View {
  readonly name: string
  /** It is asked for each query that gets so far: before any plugin of the block, and for what plugins ask of the server. */
  admits(query: Query): Admission
}

export interface Admission {
  readonly isAdmitted: boolean
  /** Another query of the same name, type and class might fare otherwise. */
  readonly isPersonal: boolean
}
