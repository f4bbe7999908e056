import type { ForwardConfig } from './config.ts'
import { anyOf, ordering } from './policy.ts'
import type { ForwardServer } from './server.ts'
import type { StanzaContext } from './stanza.ts'

/** Which servers are tried for a query, and in which order. */
export class CandidateServers {
  readonly #failsFast: boolean
  readonly #context: Pick<StanzaContext, 'metrics' | 'random'>
  readonly #order: (servers: readonly ForwardServer[]) => readonly ForwardServer[]

  constructor({ policy, failsFast }: ForwardConfig, context: Pick<StanzaContext, 'metrics' | 'random'>) {
    this.#failsFast = failsFast
    this.#context = context
    this.#order = ordering(policy, context.random)
  }

  begin(servers: readonly ForwardServer[]): Round {
    const { metrics, random } = this.#context
    const allDown = () => {
      metrics.healthcheckBroken.value++
      return this.#failsFast ? undefined : anyOf(servers, random)
    }
    return new Round(this.#order(servers), allDown)
  }
}

/** The servers for one query, over and over, without those that are down. */
export class Round {
  readonly #order: readonly ForwardServer[]
  readonly #allDown: () => ForwardServer | undefined
  #index = 0
  #down = 0

  /** @param allDown whom to ask then: the checks may be what is wrong */
  constructor(order: readonly ForwardServer[], allDown: () => ForwardServer | undefined) {
    this.#order = order
    this.#allDown = allDown
  }

  /** Undefined: nobody is to be asked. */
  next(): ForwardServer | undefined {
    for (;;) {
      if (this.#index >= this.#order.length) {
        this.#index = 0
        this.#down = 0
      }
      const server = this.#order[this.#index++]
      if (server === undefined || !server.isDown) return server
      this.#down++
      if (this.isLast) return this.#allDown()
    }
  }

  /** All were found to be down: whoever was asked all the same was the last one. */
  get isLast(): boolean {
    return this.#down >= this.#order.length
  }
}
