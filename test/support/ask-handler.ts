import { type MessageHandler, noAnswer, type Peer, type StreamHandler } from '../../src/transport/listener.ts'

/** Longer than any message, so that one that is written beyond its end shows. */
const out = new Uint8Array(2 ** 17)

/** What a listener gets for a message: the finished answer if there is one, else what the handler makes. */
export function askHandler<T extends MessageHandler | StreamHandler>(
  handler: T,
  message: Uint8Array,
  peer: Peer,
): ReturnType<T> {
  const received = Uint8Array.from([...message, 0xee, 0xee]) // A listener's memory does not end where the message does.
  const size = handler.finished?.(received, message.length, peer, out) ?? noAnswer
  const answer = size === noAnswer ? handler(message, peer) : out.slice(0, size)
  return answer as ReturnType<T> // octets are among what either gives
}
