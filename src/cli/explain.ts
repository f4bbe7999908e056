import type { Command } from 'commander'
import { CLASS, typeName } from '../dns/iana.ts'
import { formatRRset } from '../dns/text/record.ts'
import { type RecordsAnswer, unpack } from '../plugin/handler.ts'
import { resolveFacts, type Step } from '../plugin/reason.ts'
import { askZones } from '../server/ask.ts'
import { serverLabel } from '../server/server-label.ts'
import { createLogger } from '../util/log.ts'
import { loadCluster } from './cluster.ts'
import { loadConfiguration } from './configuration.ts'
import type { CliIo } from './io.ts'
import { type InputOptions, requireInput, withInputOptions } from './options.ts'
import { type Asked, type AskerOptions, withQuestion } from './question.ts'
import { clientAt, groupFor, withoutSockets } from './without-sockets.ts'

interface ExplainOptions extends InputOptions, AskerOptions {
  readonly json?: boolean
}

/** `explain`: why a name is answered as it is, decision by decision. */
export function explainCommand(program: Command, io: CliIo): void {
  const command = withQuestion(
    program.command('explain').description('say step by step why a question is answered as it is'),
  ).option('--json', 'as JSON: the answer, and each step with its code and facts')
  withInputOptions(command).action(async (asked: Asked, type: number | undefined, options: ExplainOptions) => {
    requireInput(command, options)
    const log = createLogger((line) => io.err(line))
    const cluster = await loadCluster(options)
    const { qname, spelling, defaultType } = asked
    const qtype = type ?? defaultType
    const query = { qname, spelling, qtype, qclass: CLASS.IN, client: clientAt(options.client), via: [] }
    const corefile = loadConfiguration(options, log)
    const explained = await withoutSockets({ corefile, cluster, log }, async (groups) => {
      const { zones, addresses } = groupFor(groups, query)
      const { block, answer } = askZones(zones, query, { log, server: serverLabel(addresses[0]) })
      const view = block?.view?.name
      return { title: `${qname} ${typeName(qtype)}`, answer: unpack(await answer), ...(view !== undefined && { view }) }
    })
    io.out(options.json ? JSON.stringify(toJson(explained), undefined, 2) : formatExplanation(explained, options))
  })
}

interface Explained {
  readonly title: string
  readonly answer: RecordsAnswer
  /** That of the server block that answered, if it is one. */
  readonly view?: string
}

function formatExplanation({ title, answer, view }: Explained, { client }: AskerOptions): string {
  const records = answer.answer.flatMap(formatRRset)
  return [
    `${title}: ${outcomeOf(answer)}`,
    ...(view === undefined ? [] : [`  in the view ${view}, which takes the query from ${client}`]),
    ...(answer.trace ?? []).flatMap((step, index) => stepLines(step, index + 1)),
    ...records.map((record) => `  ${record}`),
  ].join('\n')
}

function outcomeOf({ rcode, answer }: RecordsAnswer): string {
  return rcode === 'NOERROR' && answer.length === 0 ? 'NODATA' : rcode
}

function stepLines(step: Step, number: number): string[] {
  const { nearest } = resolveFacts(step.facts)
  const hint = nearest === undefined ? [] : [`     nearest: ${nearest}`]
  return [`  ${number}. ${step.code}: ${step.describe()}`, ...hint]
}

function toJson({ title: question, answer, view }: Explained): object {
  return {
    question,
    view,
    outcome: outcomeOf(answer),
    reason: answer.trace?.at(-1)?.code,
    steps: (answer.trace ?? []).map((step) => ({
      code: step.code,
      text: step.describe(),
      facts: resolveFacts(step.facts),
    })),
    answer: answer.answer.flatMap(formatRRset),
  }
}
