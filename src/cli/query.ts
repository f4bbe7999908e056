import type { Command } from 'commander'
import { defaultPayloadSize, ednsVersion, maximumMessageOctets } from '../dns/edns.ts'
import { CLASS } from '../dns/iana.ts'
import type { Message } from '../dns/message.ts'
import { requestMessage } from '../dns/request.ts'
import { formatMessage } from '../dns/text/message.ts'
import { decodeMessage } from '../dns/wire/decode.ts'
import { encodeMessage } from '../dns/wire/encode.ts'
import type { AnswerNote } from '../server/observe.ts'
import { createResponder } from '../server/responder.ts'
import { AnswerCache } from '../transport/answer-cache.ts'
import { messagesOf } from '../transport/listener.ts'
import { createLogger } from '../util/log.ts'
import { loadCluster } from './cluster.ts'
import { loadConfiguration } from './configuration.ts'
import type { CliIo } from './io.ts'
import { type InputOptions, requireInput, withInputOptions } from './options.ts'
import { type Asked, type AskerOptions, withQuestion } from './question.ts'
import { clientAt, groupFor, loopback, withoutSockets } from './without-sockets.ts'

type QueryOptions = InputOptions & AskerOptions

/** `query`: one answer through the whole chain without a socket, printed as dig prints it. */
export function queryCommand(program: Command, io: CliIo): void {
  const command = withQuestion(
    program
      .command('query')
      .description('answer one question from the manifests, without a socket, printed as dig prints it'),
  )
  withInputOptions(command).action(async (asked: Asked, type: number | undefined, options: QueryOptions) => {
    requireInput(command, options)
    const log = createLogger((line) => io.err(line))
    const cluster = await loadCluster(options)
    const qtype = type ?? asked.defaultType
    const query = encodeMessage(queryMessage(asked, qtype), maximumMessageOctets)
    await withoutSockets({ corefile: loadConfiguration(options, log), cluster, log }, async (groups) => {
      const { qname, spelling } = asked
      const asking = { qname, spelling, qtype, qclass: CLASS.IN, client: clientAt(options.client), via: [] }
      const { zones } = groupFor(groups, asking)
      const cache = new AnswerCache<AnswerNote>()
      const respond = createResponder({ zones, cache, log, transport: 'tcp', localAddress: loopback })
      const response = await respond(query.octets, { address: options.client, port: 0 })
      for (const each of messagesOf(response)) io.out(formatMessage(decodeMessage(each), { size: each.length }))
    })
  })
}

/** As dig asks: recursion desired, EDNS. */
function queryMessage({ qname, spelling }: Asked, qtype: number): Message {
  const edns = { version: ednsVersion, dnssecOk: false, payloadSize: defaultPayloadSize }
  return requestMessage({ qname, spelling, qtype }, { rd: true, edns })
}
