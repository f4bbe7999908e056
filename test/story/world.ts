/**
 * story: what a day in a cluster holds, in a few minutes: the stock Corefile, an API server and an upstream that come and
 * go, reloads, a rolling update, and load all the while. world.ts is what there is to know; story.test.ts what happens.
 */

import { rcodeName } from '../../src/dns/iana.ts'
import type { Message } from '../../src/dns/message.ts'
import { apiNamespace, apiService, apiSlice } from '../support/api-objects.ts'
import type { ApiServer } from '../support/api-server/api-server.ts'
import { sampleCluster } from '../support/api-server/sample.ts'
import type { Probe } from './prober.ts'

export const services = 1000
export const endpoints = 10_000
/** Headless Services whose endpoints are rolled, and endpoints of each. */
const rolling = { services: 100, endpoints: 10 }
export const rolledEndpoints = rolling.services * rolling.endpoints
/** Names of the upstream's zone `outside.test`. */
export const outsideNames = 200

/** From the change of an object to the time when no answer may be without it: a client's, with a machine under load. */
const settlingMs = 1000

/** An address that a name has, from one moment to another. */
interface Life {
  readonly address: string
  readonly bornMs: number
  diedMs: number
}

/** What the API server of a test says, and said a moment ago. */
export class World {
  readonly #api: ApiServer
  readonly #lives = new Map<string, Life[]>()
  #nextAddress = 0
  /** Whether the upstream answers; an outside name may fail while it does not, and a moment longer. */
  upstreamBackMs = Number.NEGATIVE_INFINITY

  constructor(api: ApiServer) {
    this.#api = api
    api.load(sampleCluster({ services, endpoints }))
    api.put(apiNamespace('story'))
    for (let index = 0; index < rolling.services; index++) {
      const name = rollingName(index)
      const lives = Array.from({ length: rolling.endpoints }, () => this.#begin())
      this.#lives.set(name, lives)
      api.put(apiService(`story/${name}`, { clusterIP: 'None', ports: [{ name: 'http', port: 80 }] }))
      this.#putSlice(name)
    }
  }

  /** Replaces one endpoint of one Service, as a rolling update does: the n-th of all. */
  roll(index: number): void {
    const name = rollingName(index % rolling.services)
    const lives = this.#lives.get(name) ?? []
    const oldest = lives.find(({ diedMs }) => diedMs === Number.POSITIVE_INFINITY)
    if (oldest !== undefined) oldest.diedMs = performance.now()
    lives.push(this.#begin())
    this.#putSlice(name)
  }

  /** Adds a Service, for what is told after the API server was away. */
  addService(name: string, clusterIP: string): Probe {
    this.#api.put(apiService(`story/${name}`, { clusterIP, ports: [{ name: 'http', port: 80 }] }))
    return addressProbe(`${name}.story.svc.cluster.local.`, clusterIP)
  }

  /** Some name of the upstream's that no other probe asks for. */
  anyOutside(): Probe {
    return addressProbe(`n${outsideNames}.outside.test.`, outsideAddress(outsideNames))
  }

  probes(): readonly Probe[] {
    return this.#probes
  }

  readonly #probes: Probe[] = [
    ...Array.from({ length: 100 }, (_, index) => sampleProbe(index * 10)),
    ...Array.from({ length: rolling.services }, (_, index) => this.#rollingProbe(rollingName(index))),
    ...Array.from({ length: 20 }, (_, index) => missingProbe(`nobody-${index}.story.svc.cluster.local.`)),
    ...Array.from({ length: 20 }, (_, index) => missingProbe(`n${index}.outside.test.story.svc.cluster.local.`)),
    ...Array.from({ length: outsideNames }, (_, index) => this.#outsideProbe(index)),
  ]

  #begin(): Life {
    const index = this.#nextAddress++
    const address = `10.250.${index >> 8}.${index & 255}`
    return { address, bornMs: performance.now(), diedMs: Number.POSITIVE_INFINITY }
  }

  #putSlice(name: string): void {
    const living = (this.#lives.get(name) ?? []).filter(({ diedMs }) => diedMs === Number.POSITIVE_INFINITY)
    const addresses = living.map(({ address }) => address)
    this.#api.put(apiSlice(`story/${name}-1`, name, addresses))
  }

  /** All endpoints that lived all the time are there, none is that was gone for long. */
  #rollingProbe(name: string): Probe {
    return {
      question: `${name}.story.svc.cluster.local. A`,
      wrong: (answer, askedMs) => {
        if (answer.rcode !== 0) return rcodeName(answer.rcode)
        const found = new Set(addressesOf(answer))
        const lives = this.#lives.get(name) ?? []
        const missing = lives.find(
          ({ address, bornMs, diedMs }) =>
            bornMs + settlingMs < askedMs && diedMs === Number.POSITIVE_INFINITY && !found.has(address),
        )
        const stale = lives.find(({ address, diedMs }) => diedMs + settlingMs < askedMs && found.has(address))
        if (missing !== undefined) return `${missing.address} is missing`
        return stale === undefined ? undefined : `${stale.address} is gone for long`
      },
    }
  }

  #outsideProbe(index: number): Probe {
    const right = addressProbe(`n${index}.outside.test.`, outsideAddress(index))
    return {
      ...right,
      wrong: (answer, askedMs) => {
        const mayFail = askedMs < this.upstreamBackMs + settlingMs
        return mayFail && rcodeName(answer.rcode) === 'SERVFAIL' ? undefined : right.wrong(answer, askedMs)
      },
    }
  }
}

export function outsideAddress(index: number): string {
  return `192.0.2.${index % 250}`
}

function rollingName(index: number): string {
  return `rolling-${index}`
}

/** As sampleService makes them. */
function sampleProbe(index: number): Probe {
  const name = `service-${String(index).padStart(5, '0')}.team-${index % 20}.svc.cluster.local.`
  return addressProbe(name, `10.96.${index >> 8}.${index & 255}`)
}

function addressProbe(name: string, address: string): Probe {
  return {
    question: `${name} A`,
    wrong: (answer) => {
      const found = `${rcodeName(answer.rcode)} ${addressesOf(answer).join(' ')}`.trim()
      return found === `NOERROR ${address}` ? undefined : `expected ${address}, found ${found}`
    },
  }
}

function missingProbe(name: string): Probe {
  return {
    question: `${name} A`,
    wrong: ({ rcode }) =>
      rcodeName(rcode) === 'NXDOMAIN' ? undefined : `expected NXDOMAIN, found ${rcodeName(rcode)}`,
  }
}

function addressesOf({ answer }: Message): string[] {
  return answer.flatMap((rrset) => (rrset.type === 'A' ? rrset.rdata.map(({ address }) => address) : []))
}
