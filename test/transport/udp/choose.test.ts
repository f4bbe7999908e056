import { constants } from 'node:os'
import { expect } from 'chai'
import { chooseUdp, type UdpMode } from '../../../src/transport/udp/choose.ts'
import { openDgram } from '../../../src/transport/udp/dgram.ts'
import { type Libc, loadLibc, NoBatchedUdpError } from '../../../src/transport/udp/libc.ts'
import { isBatchedHere } from './batched-here.ts'

const notHere = (): Promise<Libc> => Promise.reject(new NoBatchedUdpError('this is a test'))

describe('choosing how UDP is read and written', () => {
  it('batches where that can be had', async function () {
    if (!isBatchedHere) this.skip()
    for (const mode of ['auto', 'batched'] as const) {
      const { open, description } = await chooseUdp(mode)
      expect(open).not.to.equal(openDgram)
      expect(description).to.equal('recvmmsg and sendmmsg')
    }
  })

  it('takes node:dgram elsewhere, and says why', async () => {
    expect(await chooseUdp('auto', notHere)).to.deep.equal({
      open: openDgram,
      description: 'node:dgram (no batched UDP: this is a test)',
    })
  })

  for (const call of ['recvmmsg', 'sendmmsg'] as const) {
    it(`takes node:dgram in a sandbox that refuses ${call}`, async function () {
      if (!isBatchedHere) this.skip()
      const libc = await loadLibc()
      const { open, description } = await chooseUdp('auto', async () => ({
        ...libc,
        [call]: () => -constants.errno.ENOSYS,
      }))
      expect(open).to.equal(openDgram)
      expect(description).to.equal(`node:dgram (no batched UDP: the system refuses ${call}: ENOSYS)`)
    })
  }

  it('does not, where batches are asked for', async () => {
    const error = await failure('batched', notHere)
    expect(error).to.include({ code: 'NO_BATCHED_UDP', message: 'no batched UDP: this is a test' })
  })

  it('takes node:dgram where it is asked for, and looks for nothing else', async () => {
    const load = (): never => {
      throw new Error('nobody asked for it')
    }
    expect(await chooseUdp('dgram', load)).to.deep.equal({ open: openDgram, description: 'node:dgram' })
  })

  it('hides no bug behind node:dgram', async () => {
    const bug = new TypeError('a bug')
    expect(await failure('auto', () => Promise.reject(bug))).to.equal(bug)
  })
})

describe('what batches need', () => {
  const machines = [
    { platform: 'darwin', arch: 'arm64', message: 'no batched UDP: recvmmsg is a call of Linux, and this is darwin' },
    { platform: 'linux', arch: 's390x', message: 'no batched UDP: the numbers of system calls are not known on s390x' },
  ] as const
  for (const { platform, arch, message } of machines) {
    it(`is not there on ${platform} ${arch}`, async () => {
      const error = await loadLibc({ platform, arch }).catch((thrown: unknown) => thrown)
      expect(error).to.be.instanceOf(NoBatchedUdpError).with.property('message', message)
    })
  }
})

async function failure(mode: UdpMode, load: () => Promise<Libc>): Promise<unknown> {
  return chooseUdp(mode, load).then(
    () => expect.fail('it chose'),
    (error: unknown) => error,
  )
}
