import { expect } from 'chai'
import fc from 'fast-check'
import { ValueSyntaxError } from '../../src/corefile/errors.ts'
import { parseHostPort } from '../../src/corefile/host-port.ts'

const addresses: Readonly<Record<string, ReturnType<typeof parseHostPort>>> = {
  ':8080': { host: '', port: 8080 },
  'localhost:8091': { host: 'localhost', port: 8091 },
  '192.0.2.1:0': { host: '192.0.2.1', port: 0 },
  '[::1]:65535': { host: '::1', port: 65_535 },
  '[fe80::1%eth0]:80': { host: 'fe80::1%eth0', port: 80 },
  '[localhost]:80': { host: 'localhost', port: 80 },
  '[]:080': { host: '', port: 80 },
}

const errors: Readonly<Record<string, string>> = {
  '': 'missing port in address',
  '8080': 'address 8080: missing port in address',
  localhost: 'address localhost: missing port in address',
  '[::1]': 'address [::1]: missing port in address',
  '[::1]x:80': 'address [::1]x:80: missing port in address',
  '::1': 'address ::1: too many colons in address',
  'a:b:80': 'address a:b:80: too many colons in address',
  '[::1]:80:81': 'address [::1]:80:81: too many colons in address',
  '[::1:80': "address [::1:80: missing ']' in address",
  '[[::1]:80': "address [[::1]:80: unexpected '[' in address",
  'a[b:80': "address a[b:80: unexpected '[' in address",
  'a]b:80': "address a]b:80: unexpected ']' in address",
  '[::1]:8]0': "address [::1]:8]0: unexpected ']' in address",
  'bla:a': 'lookup tcp/a: unknown port, expected a number',
  ':http': 'lookup tcp/http: unknown port, expected a number',
  ':': 'lookup tcp/: unknown port, expected a number',
  ':-1': 'lookup tcp/-1: unknown port, expected a number',
  ':65536': 'address 65536: invalid port',
}

describe("corefile: parseHostPort (Go's net.SplitHostPort)", () => {
  for (const [text, address] of Object.entries(addresses)) {
    it(text, () => expect(parseHostPort(text)).to.deep.equal(address))
  }

  for (const [text, message] of Object.entries(errors)) {
    it(message, () => {
      expect(() => parseHostPort(text))
        .to.throw(ValueSyntaxError)
        .with.property('message', message)
    })
  }

  it('reads an address or throws ValueSyntaxError', () => {
    const text = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...'[]:.0a') }))
    fc.assert(
      fc.property(text, (any) => {
        try {
          expect(parseHostPort(any).port).to.be.within(0, 65_535)
        } catch (error) {
          expect(error).to.be.instanceOf(ValueSyntaxError)
        }
      }),
    )
  })
})
