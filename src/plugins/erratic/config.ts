/** What the directive `erratic` says, checked. Numbers of 0: never. */
export interface ErraticConfig {
  /** Every query of so many gets no response. */
  readonly drop: number
  /** Queries whose number has none of these bits get TC. */
  readonly truncate: number
  /** Every query of so many is answered late. */
  readonly delay: number
  readonly delayMs: number
  /** An answer of 30 addresses. */
  readonly isLarge: boolean
}
