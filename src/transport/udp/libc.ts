import { constants } from 'node:os'
import type koffi from 'koffi'
import { messageOf, ServerError } from '../../util/errors.ts'

/**
 * The calls that a batched socket is made of, as Linux has them.
 *
 * What returns a number returns the negated errno where the call failed. Memory is given by its address: see
 * `addressOf`.
 */
export interface Libc {
  socket(domain: number, type: number, protocol: number): number
  /** Sets an option whose value is an `int`. */
  setsockopt(fd: number, level: number, option: number, value: number): number
  bind(fd: number, address: Uint8Array): number
  /** Fills in the address that the socket is bound to. */
  getsockname(fd: number, address: Uint8Array): number
  /** recvmmsg(2) without waiting. @param vector address of `count` structures `mmsghdr` */
  recvmmsg(fd: number, vector: number, count: number): number
  /** sendmmsg(2) without waiting. */
  sendmmsg(fd: number, vector: number, count: number): number
  close(fd: number): number
  /**
   * Where memory begins, for as long as it is referenced.
   *
   * The memory of an ArrayBuffer lies outside the heap that V8 compacts, so it never moves; it is freed when nothing
   * refers to the ArrayBuffer any more.
   */
  addressOf(memory: ArrayBuffer): number
  /** Calls back from the event loop whenever the socket is ready. */
  poll(fd: number): SocketPoll
}

/** The event loop's watch over one socket; it keeps the process alive, as a socket of Node.js does. */
export interface SocketPoll {
  /** From now on, `ready` is called as long as there is something to read (or room to write), and nothing else is watched for. */
  start(event: 'readable' | 'writable', ready: () => void): void
  stop(): void
  /** Lets the socket go: it may be closed afterwards. */
  close(): void
}

/** Numbers of system calls, which differ by architecture alone (Linux, include/uapi/asm-generic/unistd.h and syscall_64.tbl). */
const syscalls: Readonly<Record<string, { readonly recvmmsg: number; readonly sendmmsg: number }>> = {
  x64: { recvmmsg: 299, sendmmsg: 307 },
  arm64: { recvmmsg: 243, sendmmsg: 269 },
}

const msgDontWait = 0x40

/**
 * The C library of this process, by way of koffi.
 *
 * recvmmsg and sendmmsg go straight to the kernel, whose layout of `msghdr` holds for every C library: that of musl is
 * another on paper, and its sendmmsg is a loop of sendmsg.
 *
 * @throws NoBatchedUdpError
 */
export async function loadLibc(machine: Machine = process): Promise<Libc> {
  const { platform, arch } = machine
  if (platform !== 'linux') throw new NoBatchedUdpError(`recvmmsg is a call of Linux, and this is ${platform}`)
  const numbers = syscalls[arch]
  if (numbers === undefined) throw new NoBatchedUdpError(`the numbers of system calls are not known on ${arch}`)
  return bindLibc(await loadKoffi(), numbers)
}

type Machine = Pick<NodeJS.Process, 'platform' | 'arch'>

/** Sockets cannot be read and written in batches here, and why. */
export class NoBatchedUdpError extends ServerError {
  constructor(reason: string, options?: ErrorOptions) {
    super('NO_BATCHED_UDP', `no batched UDP: ${reason}`, options)
  }
}

/** It is an optional dependency: where npm found no binary for the machine, it is not there. */
async function loadKoffi(): Promise<Koffi> {
  try {
    const { default: koffi } = await import('koffi')
    // It is not documented yet, and may change (koffi 2.15, CHANGELOG).
    if (typeof koffi.node.poll !== 'function') throw new Error('it has no node.poll')
    return koffi
  } catch (error) {
    throw new NoBatchedUdpError(`koffi cannot be loaded: ${firstLine(messageOf(error))}`, { cause: error })
  }
}

/** Node.js lists, on further lines, who asked for a module that is not there. */
function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? ''
}

type Koffi = typeof koffi
type Call = (...args: readonly (number | Uint8Array)[]) => number

function bindLibc(koffi: Koffi, { recvmmsg, sendmmsg }: { recvmmsg: number; sendmmsg: number }): Libc {
  const library = koffi.load(null)
  const declare = (prototype: string): Call => {
    const call: Call = library.func(prototype)
    return (...args) => {
      const result = call(...args)
      return result < 0 ? -koffi.errno() : result
    }
  }
  const socket = declare('int socket(int domain, int type, int protocol)')
  const setsockopt = declare('int setsockopt(int fd, int level, int option, const void *value, uint32_t length)')
  const bind = declare('int bind(int fd, const void *address, uint32_t length)')
  const getsockname = declare('int getsockname(int fd, void *address, void *length)')
  const close = declare('int close(int fd)')
  // Of recvmmsg; sendmmsg has no timeout, and does not look at one.
  const batch = declare(
    'intptr_t syscall(intptr_t number, intptr_t fd, intptr_t vector, intptr_t count, intptr_t flags, intptr_t timeout)',
  )
  return {
    socket,
    setsockopt: (fd, level, option, value) => setsockopt(fd, level, option, bytesOf(value), 4),
    bind: (fd, address) => bind(fd, address, address.length),
    getsockname: (fd, address) => getsockname(fd, address, bytesOf(address.length)),
    recvmmsg: (fd, vector, count) => batch(recvmmsg, fd, vector, count, msgDontWait, 0),
    sendmmsg: (fd, vector, count) => batch(sendmmsg, fd, vector, count, msgDontWait, 0),
    close,
    addressOf: (memory) => Number(koffi.address(memory)),
    poll: (fd) => createPoll(koffi, fd),
  }
}

/** An `int` or a `socklen_t` in memory. */
function bytesOf(value: number): Uint8Array {
  return new Uint8Array(Int32Array.of(value).buffer)
}

/** On libuv's uv_poll_t, through koffi. */
function createPoll(koffi: Koffi, fd: number): SocketPoll {
  const handle = koffi.node.poll(fd, () => {})
  handle.stop()
  return {
    start(event, ready) {
      handle.start({ [event]: true }, ready)
    },
    stop: () => handle.stop(),
    close: () => handle.close(),
  }
}

/** `EAGAIN` and its like, negated as `Libc` returns them. */
export const ERRNO = {
  EAGAIN: -constants.errno.EAGAIN,
  EINTR: -constants.errno.EINTR,
} as const
