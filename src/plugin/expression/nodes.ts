import type { ExpressionValue } from './values.ts'

/** What an expression is made of; `at` counts characters from its start. */
export type Node =
  | { readonly kind: 'literal'; readonly at: number; readonly value: ExpressionValue }
  | { readonly kind: 'name'; readonly at: number; readonly name: string }
  /** `#`: what a predicate is asked of. */
  | { readonly kind: 'item'; readonly at: number }
  | { readonly kind: 'unary'; readonly at: number; readonly operator: string; readonly operand: Node }
  | BinaryNode
  | { readonly kind: 'choice'; readonly at: number; readonly test: Node; readonly then: Node; readonly otherwise: Node }
  | CallNode
  /** `a.b`, `a["b"]`, `a[0]`. */
  | {
      readonly kind: 'member'
      readonly at: number
      readonly object: Node
      readonly key: Node
      readonly optional: boolean
    }
  | SliceNode
  | { readonly kind: 'array'; readonly at: number; readonly items: readonly Node[] }
  | { readonly kind: 'map'; readonly at: number; readonly entries: readonly (readonly [Node, Node])[] }

export interface BinaryNode {
  readonly kind: 'binary'
  readonly at: number
  readonly operator: string
  readonly left: Node
  readonly right: Node
}

export interface CallNode {
  readonly kind: 'call'
  readonly at: number
  readonly name: string
  readonly args: readonly Node[]
}

export interface SliceNode {
  readonly kind: 'slice'
  readonly at: number
  readonly object: Node
  readonly from: Node | undefined
  readonly to: Node | undefined
}
