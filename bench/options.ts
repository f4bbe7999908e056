import { parseArgs } from 'node:util'
import { type ExternalPeer, parseExternal } from './peers/external.ts'
import type { ReportOptions } from './program.ts'

export const usage = `usage: npm run bench -- [options]

  --rounds N                       rounds of each load (5)
  --seconds N                      length of a run; each peer has one or more of them in a round (2)
  --load NAME                      only this load; may repeat
  --only NAME                      only this peer; may repeat
  --peer NAME=HOST:PORT[,PID]      a server that already runs, by its IPv4 address; may repeat
  --scale N                        makes the loads smaller: 0.1 is a tenth of the objects (1)
  --json FILE                      where to write everything that was measured (bench/results/<date>.json)
  --chart                          writes docs/performance.md and its charts
  --smoke                          the shortest run of everything: proves that it works, measures nothing`

export interface Options extends ReportOptions {
  readonly rounds: number
  readonly seconds: number
  readonly scale: number
  /** Empty: all. */
  readonly loads: readonly string[]
  /** Empty: all. */
  readonly only: readonly string[]
  readonly external: readonly ExternalPeer[]
}

/** How short a smoke run is. */
const smoke = { rounds: '1', seconds: '0.1', scale: '0.02' }
const usual = { rounds: '5', seconds: '2', scale: '1' }

/** @returns what is wrong with the command line, where something is */
export function parseOptions(args: readonly string[]): Options | string {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        rounds: { type: 'string' },
        seconds: { type: 'string' },
        scale: { type: 'string' },
        load: { type: 'string', multiple: true, default: [] },
        only: { type: 'string', multiple: true, default: [] },
        peer: { type: 'string', multiple: true, default: [] },
        json: { type: 'string' },
        chart: { type: 'boolean', default: false },
        smoke: { type: 'boolean', default: false },
      },
    })
    const { load, only, peer, json, chart, smoke: isSmoke, ...lengths } = values
    const { rounds, seconds, scale } = { ...(isSmoke ? smoke : usual), ...lengths }
    return {
      rounds: positive('--rounds', rounds, Number.isInteger),
      seconds: positive('--seconds', seconds),
      scale: positive('--scale', scale),
      loads: load,
      only,
      external: peer.map(asExternal),
      json,
      chart,
      smoke: isSmoke,
    }
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** @throws Error what was found, where it is no number above 0, or not one of the right kind */
export function positive(option: string, text: string, isRight: (value: number) => boolean = Number.isFinite): number {
  const value = Number(text)
  if (!(value > 0) || !isRight(value)) throw new Error(`${option}: found '${text}', expected a number above 0`)
  return value
}

function asExternal(text: string): ExternalPeer {
  const peer = parseExternal(text)
  if (peer === undefined) throw new Error(`--peer: found '${text}', expected NAME=HOST:PORT or NAME=HOST:PORT,PID`)
  return peer
}
