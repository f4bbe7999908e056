/**
 * A bare server of dns2: answers the A records of a zone file, and nothing else.
 *
 *   node bench/peers/dns2-server.ts HOST PORT ZONEFILE
 */
import { readFileSync } from 'node:fs'
import { Packet, UDPServer } from 'dns2'

const [host = '', port = '', zoneFile = ''] = process.argv.slice(2)

const addresses = new Map<string, { ttl: number; address: string }[]>()
for (const line of readFileSync(zoneFile, 'utf8').split('\n')) {
  const [owner = '', ttl, , type, address = ''] = line.split(' ')
  if (type !== 'A') continue
  const name = owner.slice(0, -1)
  addresses.set(name, [...(addresses.get(name) ?? []), { ttl: Number(ttl), address }])
}

const server = new UDPServer({ type: 'udp4' })
server.on('request', (request, send) => {
  const response = Packet.createResponseFromRequest(request)
  const [question] = request.questions
  for (const { ttl, address } of addresses.get(question?.name ?? '') ?? []) {
    if (question !== undefined) response.answers.push(Packet.createResourceFromQuestion(question, { ttl, address }))
  }
  void send(response)
})
await server.listen(Number(port), host)
