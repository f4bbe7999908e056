/**
 * A thread that asks a socket whose answers are the questions with every octet inverted, and looks at each.
 *
 * Questions are of 4 to 3,000 octets and go to several addresses of the machine. It says how many answers came, and
 * which were wrong.
 */
import { createSocket } from 'node:dgram'
import { parentPort, workerData } from 'node:worker_threads'

const { port, roundMs } = workerData as { readonly port: number; readonly roundMs: number }
const addresses = ['127.0.0.1', '127.0.0.2', '127.1.2.3']
const underWayAtMost = 60

interface Asked {
  readonly question: Buffer
  readonly address: string
  readonly sinceMs: number
}

const socket = createSocket('udp4')
const underWay = new Map<string, Asked>()
/** Given up: their answers may still come. */
const late = new Map<string, Asked>()
const wrong: string[] = []
let answers = 0
let turn = 0
const end = performance.now() + roundMs

socket.on('message', (answer, { address }) => {
  const question = answer.map((octet) => ~octet)
  const key = Buffer.from(question.subarray(0, 8)).toString('hex')
  const asked = underWay.get(key) ?? late.get(key)
  underWay.delete(key)
  late.delete(key)
  if (asked?.address !== address || !asked.question.equals(question)) {
    if (wrong.length < 10) wrong.push(`${key} of ${answer.length} octets from ${address}, asked ${asked?.address}`)
  }
  answers++
  askMore()
})

function askMore(): void {
  const sinceMs = performance.now()
  if (sinceMs > end) return
  while (underWay.size < underWayAtMost) {
    const number = turn++
    const question = Buffer.alloc(8 + (number % 7 === 0 ? number % 2992 : number % 90), number)
    question.writeUInt8(number % 256, 0)
    question.writeUIntBE(number, 2, 6)
    const address = addresses[number % addresses.length] ?? ''
    underWay.set(question.subarray(0, 8).toString('hex'), { question, address, sinceMs })
    socket.send(question, port, address)
  }
}

socket.bind(0, '0.0.0.0', askMore)
// A datagram may be lost where a collection takes long: then others are asked in its place.
const patience = setInterval(() => {
  const now = performance.now()
  for (const [key, asked] of underWay) {
    if (now - asked.sinceMs < 500) continue
    underWay.delete(key)
    late.set(key, asked)
  }
  if (now <= end + 500) return askMore()
  clearInterval(patience)
  socket.close()
  parentPort?.postMessage({ answers, wrong })
}, 100)
