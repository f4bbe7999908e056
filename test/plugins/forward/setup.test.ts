import { expect } from 'chai'
import { serveManifests } from '../../support/serve.ts'
import { testSetup, wrongCount } from '../../support/setup.ts'

const with1 = (option: string) => `forward . 192.0.2.1 {\n${option}\n}`
const refuses = (option: string, error: string) => ({ text: with1(option), line: 4, error })
const syntax = (text: string) => `strconv.ParseUint: parsing "${text}": invalid syntax`
const atoi = (text: string) => `strconv.Atoi: parsing "${text}": invalid syntax`
const tls = 'TLS servernames are set for upstream proxy'
const noHost = (host: string) => `failed to resolve "${host}": lookup ${host}: no such host`

describe('forward: setup', () => {
  testSetup([
    { text: 'forward', error: wrongCount('forward') },
    { text: 'forward .', error: wrongCount('.') },
    { text: 'forward a..b 192.0.2.1', error: "unable to normalize 'a..b'" },
    { text: `forward ${'x'.repeat(64)} 192.0.2.1`, error: `unable to normalize '${'x'.repeat(64)}'` },
    { text: 'forward . 192.0.2.1 {\nbogus\n}', line: 4, error: "unknown property 'bogus'" },
    {
      text: 'forward . 192.0.2.1 {\nmax_fail 1\n}',
      line: 4,
      error: "unknown property 'max_fail', did you mean 'max_fails'?",
    },
  ])

  describe('options', () => {
    testSetup([
      refuses('except', wrongCount('except')),
      refuses('except a..b', 'zone is not a valid domain name: a..b'),
      ...['force_tcp', 'prefer_udp', 'next_on_nodata', 'failfast_all_unhealthy_upstreams'].flatMap((flag) => [
        { text: with1(flag) },
        refuses(`${flag} yes`, wrongCount('yes')),
      ]),
      ...['expire', 'max_age'].flatMap((length) => [
        { text: with1(`${length} 20s`) },
        refuses(length, wrongCount(length)),
        refuses(`${length} 5`, 'time: missing unit in duration "5"'),
        refuses(`${length} -1m30s`, `${length} can't be negative: -1m30s`),
        refuses(`${length} 20s 30s`, wrongCount('30s')),
      ]),
      { text: with1('expire 0s') },
      { text: with1('max_age 0s') },
      { text: with1('max_age 5s'), error: 'max_age (5s) must not be less than expire (10s)' },
      { text: with1('max_age 5s\nexpire 5s') },
      refuses('max_idle_conns', wrongCount('max_idle_conns')),
      refuses('max_idle_conns many', atoi('many')),
      refuses('max_idle_conns -1', "max_idle_conns can't be negative: -1"),
      { text: with1('max_idle_conns 0') },
      { text: with1('read_timeout 500ms') },
      refuses('read_timeout', wrongCount('read_timeout')),
      refuses('read_timeout 0s', 'read_timeout must be positive: 0s'),
      refuses('read_timeout -2s', 'read_timeout must be positive: -2s'),
      ...['max_fails', 'max_connect_attempts'].flatMap((count) => [
        { text: with1(`${count} 0`) },
        { text: with1(`${count} 4294967295`) },
        refuses(count, wrongCount(count)),
        refuses(`${count} many`, syntax('many')),
        refuses(`${count} -4`, syntax('-4')),
        refuses(`${count} 4294967296`, 'strconv.ParseUint: parsing "4294967296": value out of range'),
      ]),
      ...['random', 'round_robin', 'sequential'].map((policy) => ({ text: with1(`policy ${policy}`) })),
      refuses('policy', wrongCount('policy')),
      refuses('policy best', "unknown policy 'best'"),
      { text: with1('health_check 0.5s') },
      { text: with1('health_check 5s no_rec domain example.org') },
      { text: with1('health_check 5s domain example.org no_rec') },
      refuses('health_check', wrongCount('health_check')),
      refuses('health_check often', 'time: invalid duration "often"'),
      refuses('health_check -1s', "health_check can't be negative: -1000000000"),
      refuses('health_check 1s domain', wrongCount('domain')),
      refuses('health_check 1s domain a..b', 'health_check: invalid domain name a..b'),
      refuses('health_check 1s rec', 'health_check: unknown option rec'),
      { text: with1('max_concurrent 1000') },
      refuses('max_concurrent', wrongCount('max_concurrent')),
      refuses('max_concurrent many', atoi('many')),
      refuses('max_concurrent -4', "max_concurrent can't be negative: -4"),
      { text: with1('next NXDOMAIN servfail NOTIMPL BADSIG NoError') },
      refuses('next', wrongCount('next')),
      refuses('next NOPE', 'NOPE is not a valid rcode'),
      { text: with1('failover NXDOMAIN servfail') },
      refuses('failover', wrongCount('failover')),
      refuses('failover constructor', 'constructor is not a valid rcode'),
      refuses('failover SERVFAIL NoError', 'NoError cannot be used in failover'),
      { text: with1('doh_method POST') },
      { text: with1('doh_method GET') },
      refuses('doh_method', wrongCount('doh_method')),
      refuses('doh_method get', 'doh_method must be either POST or GET'),
      { text: with1('resolver 192.0.2.53 192.0.2.53:5353 ::1 [::1]:53') },
      refuses('resolver', wrongCount('resolver')),
      refuses('resolver dns.test', 'resolver must be an IP address or IP:port: "dns.test"'),
      refuses('resolver 192.0.2.1:99999', 'resolver must be an IP address or IP:port: "192.0.2.1:99999"'),
      { text: with1('source_address 192.0.2.9') },
      { text: with1('source_address 2001:db8::1') },
      refuses('source_address', wrongCount('source_address')),
      refuses('source_address eth0', 'invalid IP address: eth0'),
      { text: with1('tls') },
      refuses('tls a b c d', wrongCount('d')),
      { text: with1('tls_servername dns.test') },
      refuses('tls_servername', wrongCount('tls_servername')),
    ])
  })

  describe('destinations', () => {
    testSetup([
      ...[
        ...[
          '192.0.2.1',
          '192.0.2.1:5353',
          '::1',
          '[::1]',
          '[::1]:53',
          'dns://192.0.2.1',
          'fe80::1%eth0',
          '[fe80::1%eth0]:53',
        ],
        ...[
          'tls://192.0.2.1',
          'tls://192.0.2.1:8853',
          'tls://192.0.2.1%dns.test',
          'tls://192.0.2.1%dns.test:8853',
          'tls://192.0.2.1:8853%dns.test',
          'tls://[2001:db8::1]:8853%dns.test',
        ],
        ...[
          'tls://[2001:db8::1%dns.test]:853',
          'tls://2001:db8::1%dns.test',
          'https://192.0.2.1',
          'https://192.0.2.1:8443',
        ],
        ...['dns.test', 'dns.test:5353', 'tls://dns.test', 'https://dns.test%other.test', '_dns._x.test.'],
      ].map((to) => ({ text: `forward . ${to}` })),
      { text: 'forward . dns://', error: 'invalid address: "dns://"' },
      ...[
        { to: 'grpc://192.0.2.1', said: 'grpc://192.0.2.1:443' },
        { to: 'quic://192.0.2.1', said: 'quic://192.0.2.1:853' },
        { to: 'quic://192.0.2.1:8530', said: 'quic://192.0.2.1:8530' },
        { to: 'https3://192.0.2.1', said: 'https3://192.0.2.1:443' },
        ...['unix:///run/dns.sock', 'udp://192.0.2.1', 'tcp://192.0.2.1:53', 'http://dns.test'].map((to) => ({
          to,
          said: to,
        })),
      ].map(({ to, said }) => ({
        text: `forward . ${to}`,
        error: `'${to.split(':')[0]}' is not supported as a destination protocol in forward: ${said}`,
      })),
      { text: 'forward . grpc://dns.test', error: 'not an IP address, file, or valid domain: "grpc://dns.test"' },
      { text: 'forward . a..test', error: 'not an IP address, file, or valid domain: "a..test"' },
      { text: 'forward . /etc/missing.conf', error: noHost('/etc/missing.conf') },
      { text: 'forward . 8.9.1043', error: noHost('8.9.1043') },
      { text: 'forward . -a.test', error: noHost('-a.test') },
      { text: 'forward . 192.0.2.1:', error: 'lookup tcp/: unknown port, expected a number' },
      { text: 'forward . 192.0.2.1:dns', error: 'lookup tcp/dns: unknown port, expected a number' },
      { text: 'forward . 192.0.2.1:65536', error: 'address 65536: invalid port' },
      { text: 'forward . 192.0.2.1:0', error: 'address 192.0.2.1:0: invalid port' },
      {
        text: 'forward . https://192.0.2.1/dns-query',
        error:
          'paths are not allowed in HTTPS upstream addresses (the /dns-query path is used by default): https://192.0.2.1/dns-query',
      },
      {
        text: 'forward . tls://192.0.2.1%a.test:854 {\ntls_servername b.test\n}',
        error: `both forward ('b.test') and proxy level ('a.test') ${tls} 'tls://192.0.2.1:854'`,
      },
      {
        text: 'forward . tls://192.0.2.1:854%a.test {\ntls_servername b.test\n}',
        error: `both forward ('b.test') and proxy level ('a.test') ${tls} 'tls://192.0.2.1:854'`,
      },
      {
        text: 'forward . tls://dns.test%a.test {\ntls_servername b.test\n}',
        error: `both forward ('b.test') and proxy level ('a.test') ${tls} 'tls://dns.test:853'`,
      },
      { text: `forward . ${Array.from({ length: 15 }, (_, index) => `192.0.2.${index}`).join(' ')}` },
      {
        text: `forward . ${Array.from({ length: 16 }, (_, index) => `192.0.2.${index}`).join(' ')}`,
        error: 'more than 15 TOs configured: 16',
      },
    ])
  })

  it('of the zones that an address range stands for, only the first: a warning', () => {
    const server = serveManifests('', '. {\nforward 10.9.3.0/18 192.0.2.1\n}\n')
    expect(server.lines).to.deep.equal([
      "[WARNING] plugin/forward: Corefile:2: Unsupported CIDR notation: '10.9.3.0/18' expands to multiple zones. Using only '0.9.10.in-addr.arpa.'.",
    ])
  })

  it('may stand several times in a server block', () => {
    expect(() => serveManifests('', '. {\nforward a 192.0.2.1\nforward b 192.0.2.2\n}\n')).not.to.throw()
  })
})

describe('forward: setup, files', () => {
  const many = Array.from({ length: 20 }, (_, index) => `nameserver 192.0.2.${index}`).join('\n')
  const files = {
    'resolv.conf':
      '# a comment\nsearch a.test\nnameserver 192.0.2.1\n  nameserver fe80::1%eth0\nnameserver\nnameserver x.test',
    'folder/x.conf': '',
    'empty.conf': '# nameserver 192.0.2.1\n; nameserver 192.0.2.1\n',
    'many.conf': many,
    'ca.pem': 'no certificate',
    'pair.pem': '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
  }
  const build = (directive: string) => serveManifests('', `. {\n${directive}\n}\n`, { files })
  const at = (line: number, message: string) => `plugin/forward: Corefile:${line} - Error during parsing: ${message}`

  for (const text of [
    'forward . resolv.conf',
    'forward . empty.conf 192.0.2.1',
    'forward . many.conf',
    `forward . ${'resolv.conf '.repeat(15)}`,
  ]) {
    it(`takes: ${text}`, () => expect(() => build(text)).not.to.throw())
  }

  for (const { text, error } of [
    { text: 'forward . folder', error: at(2, 'no valid upstream addresses found') },
    { text: 'forward . empty.conf', error: at(2, 'no valid upstream addresses found') },
    { text: `forward . ${'resolv.conf '.repeat(16)}`, error: at(2, 'more than 15 TOs configured: 16') },
    {
      text: with1('tls missing.pem'),
      error: at(3, 'error reading missing.pem: open missing.pem: no such file or directory'),
    },
    { text: with1('tls ca.pem'), error: at(3, 'could not read root certs: <nil>') },
    { text: with1('tls pair.pem'), error: at(3, 'could not read root certs: <nil>') },
    {
      text: with1('tls missing.pem key.pem'),
      error: at(3, 'could not load TLS cert: open missing.pem: no such file or directory'),
    },
  ]) {
    it(`refuses: ${text.replaceAll('\n', ' ; ')}: ${error}`, () => {
      expect(() => build(text))
        .to.throw()
        .with.property('message', error)
    })
  }

  it('refuses a pair that cannot be read', () => {
    expect(() => build(with1('tls pair.pem pair.pem'))).to.throw(
      'plugin/forward: Corefile:3 - Error during parsing: could not load TLS cert: tls: found a certificate rather than a key in the PEM for the private key',
    )
  })
})
