import { expect } from 'chai'
import { goFileMessage, goMessageOf } from '../../src/cli/go-errors.ts'
import { ListenError } from '../../src/transport/listener.ts'
import { ServerError } from '../../src/util/errors.ts'

const withCode = (code: string, message = code) => Object.assign(new Error(message), { code })

describe("errors in CoreDNS's words", () => {
  for (const { what, code, message } of [
    { what: 'tcp [::]:53', code: 'EACCES', message: 'Listen: listen tcp :53: bind: permission denied' },
    { what: 'tcp 0.0.0.0:53', code: 'EADDRINUSE', message: 'Listen: listen tcp :53: bind: address already in use' },
    {
      what: 'tcp 127.0.0.1:53',
      code: 'EADDRINUSE',
      message: 'Listen: listen tcp 127.0.0.1:53: bind: address already in use',
    },
    {
      what: 'udp [::1]:53',
      code: 'EADDRNOTAVAIL',
      message: 'ListenPacket: listen udp [::1]:53: bind: cannot assign requested address',
    },
    {
      what: 'udp [::]:53',
      code: 'EAFNOSUPPORT',
      message: 'ListenPacket: listen udp :53: socket: address family not supported by protocol',
    },
    { what: 'http://:8080/health', code: 'EADDRINUSE', message: 'listen tcp :8080: bind: address already in use' },
    { what: 'http://[::1]:8181/ready', code: 'EACCES', message: 'listen tcp [::1]:8181: bind: permission denied' },
    { what: 'tcp [::]:53', code: 'EMFILE', message: 'Listen: listen tcp :53: too many open files' },
  ]) {
    it(message, () => {
      expect(goMessageOf(new ListenError(what, withCode(code, 'too many open files')))).to.equal(message)
    })
  }

  it('those of the cluster are of its plugin', () => {
    const error = new ServerError('CLUSTER_ACCESS', 'unable to load in-cluster configuration')
    expect(goMessageOf(error)).to.equal('plugin/kubernetes: unable to load in-cluster configuration')
  })

  it('others as they are', () => {
    expect(goMessageOf(new ServerError('LISTEN', 'as it is'))).to.equal('as it is')
  })

  for (const { code, message } of [
    { code: 'ENOENT', message: 'open Corefile: no such file or directory' },
    { code: 'ENOTDIR', message: 'open Corefile: not a directory' },
    { code: 'EACCES', message: 'open Corefile: permission denied' },
    { code: 'EISDIR', message: 'read Corefile: is a directory' },
    { code: 'EIO', message: 'open Corefile: i/o error' },
  ]) {
    it(message, () => expect(goFileMessage('Corefile', withCode(code, 'i/o error'))).to.equal(message))
  }
})
