import { parseArgs } from 'node:util'
import { positive } from '../options.ts'
import type { ReportOptions } from '../program.ts'
import type { LiveSize } from './cluster.ts'

export const usage = `usage: npm run bench:cluster -- [options]

  --rounds N              starts of each server with each size (5)
  --seconds N             length of a run of the load (4)
  --events N              changes of a burst (20000)
  --size SERVICES/ENDPOINTS
                          of the cluster; may repeat (1000/10000 and 10000/100000)
  --peer NAME=COMMAND     another server, with the same API double; may repeat. In COMMAND, {port} is where it has to answer on
                          127.0.0.1, {api} the URL of the API, {kubeconfig} a kubeconfig, {corefile} a Corefile for both
  --json FILE             where to write everything that was measured (bench/results/cluster-<date>.json)
  --chart                 writes docs/performance-cluster.md
  --smoke                 the shortest run of everything: proves that it works, measures nothing`

export interface Options extends ReportOptions {
  readonly rounds: number
  readonly seconds: number
  readonly events: number
  readonly sizes: readonly LiveSize[]
  readonly peers: readonly PeerOption[]
}

export interface PeerOption {
  readonly name: string
  readonly command: string
}

const usual = { rounds: '5', seconds: '4', events: '20000', size: ['1000/10000', '10000/100000'] }
const smoke = { rounds: '1', seconds: '0.2', events: '200', size: ['50/1000'] }

/** @returns what is wrong with the command line, where something is */
export function parseOptions(args: readonly string[]): Options | string {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        rounds: { type: 'string' },
        seconds: { type: 'string' },
        events: { type: 'string' },
        size: { type: 'string', multiple: true },
        peer: { type: 'string', multiple: true, default: [] },
        json: { type: 'string' },
        chart: { type: 'boolean', default: false },
        smoke: { type: 'boolean', default: false },
      },
    })
    const { peer, json, chart, smoke: isSmoke, ...lengths } = values
    const { rounds, seconds, events, size } = { ...(isSmoke ? smoke : usual), ...lengths }
    return {
      rounds: positive('--rounds', rounds, Number.isInteger),
      seconds: positive('--seconds', seconds),
      events: positive('--events', events, Number.isInteger),
      sizes: size.map(asSize),
      peers: peer.map(asPeer),
      json,
      chart,
      smoke: isSmoke,
    }
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

function asSize(text: string): LiveSize {
  const [, services, endpoints] = /^([1-9]\d*)\/([1-9]\d*)$/.exec(text) ?? []
  if (services === undefined) throw new Error(`--size: found '${text}', expected SERVICES/ENDPOINTS`)
  return { services: Number(services), endpoints: Number(endpoints) }
}

function asPeer(text: string): PeerOption {
  const [, name, command] = /^([\w.-]+)=(.*\S.*)$/.exec(text) ?? []
  if (name === undefined || command === undefined) throw new Error(`--peer: found '${text}', expected NAME=COMMAND`)
  return { name, command }
}
