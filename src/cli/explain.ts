import type { Command } from 'commander'
import { CLASS, typeName } from '../dns/iana.ts'
import { formatRRset } from '../dns/text/record.ts'
import { type Client, type RecordsAnswer, unpack } from '../plugin/handler.ts'
import { resolveFacts, type Step } from '../plugin/reason.ts'
import { ask } from '../server/responder.ts'
import { createLogger } from '../util/log.ts'
import { loadCluster } from './cluster.ts'
import { loadConfiguration } from './configuration.ts'
import type { CliIo } from './io.ts'
import { type InputOptions, requireInput, withInputOptions } from './options.ts'
import { type Asked, withQuestion } from './question.ts'
import { groupFor, loopback, withoutSockets } from './without-sockets.ts'

interface ExplainOptions extends InputOptions {
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
    const client: Client = { transport: 'tcp', address: loopback, port: 0, localAddress: loopback }
    const query = { qname, spelling, qtype, qclass: CLASS.IN, client, via: [] }
    const corefile = loadConfiguration(options, log)
    const answer = await withoutSockets({ corefile, cluster, log }, async (groups) =>
      unpack(await ask(groupFor(groups, qname, qtype).zones, query, log)),
    )
    const title = `${qname} ${typeName(qtype)}`
    io.out(options.json ? JSON.stringify(toJson(title, answer), undefined, 2) : formatExplanation(title, answer))
  })
}

function formatExplanation(title: string, answer: RecordsAnswer): string {
  const records = answer.answer.flatMap(formatRRset)
  return [
    `${title}: ${outcomeOf(answer)}`,
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

function toJson(question: string, answer: RecordsAnswer): object {
  return {
    question,
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
