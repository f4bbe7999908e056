import { createSocket, type RemoteInfo, type Socket, type SocketOptions } from 'node:dgram'
import { isIPv6 } from 'node:net'
import { headerOctets, uint16At } from '../../dns/wire/header.ts'
import { UpstreamError } from '../../plugin/upstream.ts'
import { canonicalAddress, type SocketAddress } from '../../util/address.ts'
import { type Connection, type ConnectionOptions, type Waiting, withId } from './connection.ts'
import { connectError, type Ends, exchangeError, stopped, timeout } from './errors.ts'
import { randomPort } from './random.ts'

/** How many ports are drawn before the system is asked for one that is free. */
const portAttempts = 8

/** A port gets to be known with the messages that it sends: it is used for so many, and for so long. */
const maximumUses = 256
const maximumAgeMs = 10_000

/**
 * Datagrams to one server and back, from a port of its own.
 *
 * The socket is connected, so that the kernel drops what comes from elsewhere. What else is no reply is passed over,
 * and the socket is not used again: somebody may be guessing.
 */
export class UdpConnection implements Connection {
  readonly createdMs: number
  readonly #options: ConnectionOptions
  readonly #to: SocketAddress
  readonly #socket: Socket
  #from: SocketAddress | undefined
  #waiting: Waiting | undefined
  #uses = 0
  #isSpent = false
  #isClosed = false

  constructor(options: ConnectionOptions) {
    this.#options = options
    this.createdMs = options.timer.now()
    this.#to = { address: canonicalAddress(options.at.address), port: options.at.port }
    this.#socket = createSocket({ type: isIPv6(this.#to.address) ? 'udp6' : 'udp4', lookup: takeAsItIs })
  }

  get isUsable(): boolean {
    const ageMs = this.#options.timer.now() - this.createdMs
    return !this.#isSpent && !this.#isClosed && this.#uses < maximumUses && ageMs < maximumAgeMs
  }

  /** Takes no time that would have to be limited. */
  async open(): Promise<void> {
    try {
      await this.#bind(portAttempts)
      if (this.#isClosed) throw stopped()
      const connected = happened(this.#socket, 'connect')
      this.#socket.connect(this.#to.port, this.#to.address)
      await connected
    } catch (error) {
      this.close()
      if (error instanceof UpstreamError) throw error
      const { sourceAddress: address, at: to } = this.#options
      throw connectError({ network: 'udp', from: address === undefined ? undefined : { address, port: 0 }, to }, error)
    }
    if (this.#isClosed) throw stopped()
    const { address, port } = this.#socket.address()
    this.#from = { address, port }
    this.#socket.on('message', this.#receive)
    this.#socket.on('error', this.#socketFailed)
  }

  exchange(message: Uint8Array, replyMs: number): Promise<Uint8Array> {
    if (this.#isClosed) return Promise.reject(stopped())
    const { ids, timer } = this.#options
    this.#uses++
    return new Promise((resolve, reject) => {
      const id = ids.next()
      const callOff = timer.after(replyMs, () => this.#fail(exchangeError('read', this.#ends, timeout)))
      this.#waiting = { id, resolve, reject, callOff }
      this.#socket.send(withId(message, id), this.#sent)
    })
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#socket.close()
    this.#fail(stopped())
  }

  async #bind(attempts: number): Promise<void> {
    const { sourceAddress: address } = this.#options
    const listening = happened(this.#socket, 'listening')
    const port = attempts === 0 ? 0 : randomPort()
    this.#socket.bind({ port, exclusive: true, ...(address !== undefined && { address }) })
    try {
      await listening
    } catch (error) {
      if (attempts === 0 || !isTaken(error)) throw error
      await this.#bind(attempts - 1)
    }
  }

  get #ends(): Ends {
    return { network: 'udp', from: this.#from, to: this.#options.at }
  }

  readonly #receive = (reply: Uint8Array, { address, port }: RemoteInfo): void => {
    const waiting = this.#waiting
    // Between `bind` and `connect` the kernel has let in all.
    const isFromServer = port === this.#to.port && address === this.#to.address
    if (waiting === undefined || !isFromServer || reply.length < headerOctets || uint16At(reply, 0) !== waiting.id) {
      this.#isSpent = true
      return
    }
    this.#waiting = undefined
    waiting.callOff()
    waiting.resolve(reply)
  }

  readonly #sent = (error: Error | null): void => {
    if (error !== null) this.#fail(exchangeError('write', this.#ends, error))
  }

  /** As where nothing listens on the port (ICMP). */
  readonly #socketFailed = (error: Error): void => this.#fail(exchangeError('read', this.#ends, error))

  #fail(error: UpstreamError): void {
    this.#isSpent = true
    const waiting = this.#waiting
    if (waiting === undefined) return
    this.#waiting = undefined
    waiting.callOff()
    waiting.reject(error)
  }
}

/** Rejects at an error, and where the socket is closed instead. */
function happened(socket: Socket, event: 'listening' | 'connect'): Promise<void> {
  return new Promise((resolve, reject) => {
    const forget = () => socket.off(event, succeed).off('error', fail).off('close', giveUp)
    const succeed = () => {
      forget()
      resolve()
    }
    const fail = (error: Error) => {
      forget()
      reject(error)
    }
    const giveUp = () => fail(stopped())
    socket.on(event, succeed).on('error', fail).on('close', giveUp)
  })
}

/** Every address is already one: dgram's own look-up would only take time. */
const takeAsItIs: NonNullable<SocketOptions['lookup']> = (address, _options, done) => {
  done(null, address, isIPv6(address) ? 6 : 4)
}

/** Somebody has the port, or keeps it for himself. */
function isTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'EADDRINUSE' || error.code === 'EACCES')
}
