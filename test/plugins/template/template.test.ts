import { expect } from 'chai'
import { rcodeName } from '../../../src/dns/iana.ts'
import { question as asked } from '../../dns/messages.ts'
import { type Reply, serveManifests } from '../../support/serve.ts'

const serve = (...directives: readonly string[]) =>
  serveManifests('', `. {\nerrors\n${directives.join('\n')}\nwhoami\n}\n`)

/** What another plugin, `whoami`, answers. */
const passedOn = 'passed on'

/** One question, and what comes of it; what is not said is empty. */
interface Case extends Partial<Omit<Reply, 'flags'>> {
  readonly ask: string
  /** Instead of all else. */
  readonly outcome?: typeof passedOn
}

function testCases(corefile: readonly string[], cases: readonly Case[]): void {
  for (const { ask, outcome, rcode = 'NOERROR', answer = [], authority = [], additional = [] } of cases) {
    it(`${ask}: ${outcome ?? `${rcode} ${answer.join(', ')}`}`, async () => {
      const reply = await serve(...corefile).ask(ask)
      const isPassedOn = reply.additional.some((record) => record.includes('_udp'))
      expect(isPassedOn).to.equal(outcome === passedOn)
      if (isPassedOn) return
      const { flags, ...rest } = reply
      expect(rest).to.deep.equal({ rcode, answer, authority, additional })
      expect(flags).to.include(rcode === 'SERVFAIL' ? 'qr' : 'aa')
    })
  }
}

const soa = (zone: string, rest: string) => `${zone} 60 IN SOA ${rest} 1 60 60 60 60`

describe('template: README: resolve everything to NXDOMAIN', () => {
  testCases(['template ANY ANY {\nrcode NXDOMAIN\n}'], [{ ask: 'a.example. TXT', rcode: 'NXDOMAIN' }])
})

describe('template: README: resolve .invalid as NXDOMAIN', () => {
  const corefile = [
    `template ANY ANY invalid {
      rcode NXDOMAIN
      authority "invalid. 60 {{ .Class }} SOA ns.invalid. hostmaster.invalid. (1 60 60 60 60)"
      ederror 21 "Blocked according to RFC2606"
    }`,
  ]
  const authority = [soa('invalid.', 'ns.invalid. hostmaster.invalid.')]
  testCases(corefile, [
    { ask: 'test.invalid. A', rcode: 'NXDOMAIN', authority },
    { ask: 'invalid. MX', rcode: 'NXDOMAIN', authority },
    { ask: 'valid. A', outcome: passedOn },
  ])

  it('tells the error that it is given, and no other', async () => {
    const { edns } = await serve(...corefile).exchange('test.invalid. A', { edns: {} })
    expect(edns?.extendedError).to.deep.equal({ infoCode: 21, text: 'Blocked according to RFC2606' })
    expect(edns?.options).to.equal(undefined)
  })
})

describe('template: README: block invalid search domain completions', () => {
  testCases(
    [
      `template IN ANY example.com.dc1.example.com {
        rcode NXDOMAIN
        authority "{{ .Zone }} 60 IN SOA ns.example.com hostmaster.example.com (1 60 60 60 60)"
      }`,
    ],
    [
      {
        ask: 'www.example.com.dc1.example.com. A',
        rcode: 'NXDOMAIN',
        authority: [soa('example.com.dc1.example.com.', 'ns.example.com. hostmaster.example.com.')],
      },
      { ask: 'www.example.com. A', outcome: passedOn },
    ],
  )
  testCases(
    [
      `template IN ANY example.com {
        match "example\\.com\\.(dc1\\.example\\.com\\.)$"
        rcode NXDOMAIN
        authority "{{ index .Match 1 }} 60 IN SOA ns.{{ index .Match 1 }} hostmaster.{{ index .Match 1 }} (1 60 60 60 60)"
        fallthrough
      }`,
    ],
    [
      {
        ask: 'www.example.com.dc1.example.com. A',
        rcode: 'NXDOMAIN',
        authority: [soa('dc1.example.com.', 'ns.dc1.example.com. hostmaster.dc1.example.com.')],
      },
      { ask: 'www.example.com. A', outcome: passedOn },
    ],
  )
})

describe('template: README: resolve A/PTR for .example', () => {
  testCases(
    [
      `template IN A example {
        match (^|[.])ip-(?P<a>[0-9]*)-(?P<b>[0-9]*)-(?P<c>[0-9]*)-(?P<d>[0-9]*)[.]example[.]$
        answer "{{ .Name }} 60 IN A {{ .Group.a }}.{{ .Group.b }}.{{ .Group.c }}.{{ .Group.d }}"
        fallthrough
      }`,
      `template IN PTR in-addr.arpa {
        match ^(?P<d>[0-9]*)[.](?P<c>[0-9]*)[.](?P<b>[0-9]*)[.](?P<a>[0-9]*)[.]in-addr[.]arpa[.]$
        answer "{{ .Name }} 60 IN PTR ip-{{ .Group.a }}-{{ .Group.b }}-{{ .Group.c }}-{{ .Group.d }}.example."
      }`,
    ],
    [
      { ask: 'ip-10-0-0-1.example. A', answer: ['ip-10-0-0-1.example. 60 IN A 10.0.0.1'] },
      { ask: 'a.b.IP-10-0-0-1.example. A', answer: ['a.b.ip-10-0-0-1.example. 60 IN A 10.0.0.1'] },
      { ask: '1.0.0.10.in-addr.arpa. PTR', answer: ['1.0.0.10.in-addr.arpa. 60 IN PTR ip-10-0-0-1.example.'] },
      { ask: 'www.example. A', outcome: passedOn },
      { ask: 'ip-10-0-0-1.example. AAAA', outcome: passedOn },
      { ask: '0.10.in-addr.arpa. PTR', rcode: 'SERVFAIL' },
    ],
  )
})

describe('template: README: resolve device addresses for HTTPS on LAN', () => {
  const id = 'abcdefghijklmnopqrstuvwxyz'
  testCases(
    [
      `template IN A example.com {
        match ^(?P<ip>[0-9]{1,3}(-[0-9]{1,3}){3})[.](?P<id>[a-z2-7]{26})[.]example[.]com[.]$
        var ip replace(group('ip'), '-', '.')
        expr "any(['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '169.254.0.0/16'], incidr(ip, #))"
        answer "{{ .Name }} 60 IN A {{ .Var.ip }}"
        fallthrough
      }`,
    ],
    [
      { ask: `192-168-1-9.${id}.example.com. A`, answer: [`192-168-1-9.${id}.example.com. 60 IN A 192.168.1.9`] },
      { ask: `8-8-8-8.${id}.example.com. A`, outcome: passedOn },
      { ask: '10-1-1-1.short.example.com. A', outcome: passedOn },
      { ask: `999-1-1-1.${id}.example.com. A`, rcode: 'SERVFAIL' },
    ],
  )
})

describe('template: README: resolve hexadecimal ip pattern using parseInt', () => {
  testCases(
    [
      `template IN A example {
        match "^ip0a(?P<b>[a-f0-9]{2})(?P<c>[a-f0-9]{2})(?P<d>[a-f0-9]{2})[.]example[.]$"
        answer "{{ .Name }} 60 IN A 10.{{ parseInt .Group.b 16 8 }}.{{ parseInt .Group.c 16 8 }}.{{ parseInt .Group.d 16 8 }}"
        fallthrough
      }`,
    ],
    [
      { ask: 'ip0a7b7b7b.example. A', answer: ['ip0a7b7b7b.example. 60 IN A 10.123.123.123'] },
      { ask: 'ip0b7b7b7b.example. A', outcome: passedOn },
    ],
  )
})

describe('template: README: resolve multiple ip patterns', () => {
  testCases(
    [
      `template IN A example {
        match "^ip-(?P<a>10)-(?P<b>[0-9]*)-(?P<c>[0-9]*)-(?P<d>[0-9]*)[.]dc[.]example[.]$"
        match "^(?P<a>[0-9]*)[.](?P<b>[0-9]*)[.](?P<c>[0-9]*)[.](?P<d>[0-9]*)[.]ext[.]example[.]$"
        answer "{{ .Name }} 60 IN A {{ .Group.a}}.{{ .Group.b }}.{{ .Group.c }}.{{ .Group.d }}"
        fallthrough
      }`,
    ],
    [
      { ask: 'ip-10-1-2-3.dc.example. A', answer: ['ip-10-1-2-3.dc.example. 60 IN A 10.1.2.3'] },
      { ask: '10.4.5.6.ext.example. A', answer: ['10.4.5.6.ext.example. 60 IN A 10.4.5.6'] },
      { ask: 'ip-11-1-2-3.dc.example. A', outcome: passedOn },
    ],
  )
})

describe('template: README: A and MX records, with authoritative name servers', () => {
  const servers = `
    authority "example. 60 IN NS ns0.example."
    authority "example. 60 IN NS ns1.example."
    additional "ns0.example. 60 IN A 203.0.113.8"
    additional "ns1.example. 60 IN A 198.51.100.8"`
  const authority = ['example. 60 IN NS ns0.example.', 'example. 60 IN NS ns1.example.']
  const additional = ['ns0.example. 60 IN A 203.0.113.8', 'ns1.example. 60 IN A 198.51.100.8']
  const name = 'ip-10-1-2-3.example.'
  const match = 'match ^ip-10-(?P<b>[0-9]*)-(?P<c>[0-9]*)-(?P<d>[0-9]*)[.]example[.]$'
  const address = '{{ .Name }} 60 IN A 10.{{ .Group.b }}.{{ .Group.c }}.{{ .Group.d }}'
  testCases(
    [
      `template IN A example {\n${match}\nanswer "${address}"\n${servers}\nfallthrough\n}`,
      `template IN MX example {
        ${match}
        answer "{{ .Name }} 60 IN MX 10 {{ .Name }}"
        additional "${address}"
        ${servers}
        fallthrough
      }`,
    ],
    [
      { ask: `${name} A`, answer: [`${name} 60 IN A 10.1.2.3`], authority, additional },
      {
        ask: `${name} MX`,
        answer: [`${name} 60 IN MX 10 ${name}`],
        authority,
        additional: [`${name} 60 IN A 10.1.2.3`, ...additional],
      },
      { ask: `${name} TXT`, outcome: passedOn },
    ],
  )
})

describe('template: README: fabricate a CNAME', () => {
  const alias = `template IN ANY foogle.com {
    match "^foogle\\.com\\.$"
    answer "foogle.com 60 IN CNAME google.com"
  }`
  const target = 'template IN A google.com {\nanswer "{{ .Name }} 30 IN A 192.0.2.7"\n}'
  const exchange = 'template IN MX google.com {\nanswer "{{ .Name }} 30 IN MX 1 mail.google.com."\n}'
  testCases(
    [alias, target, exchange],
    [
      {
        ask: 'foogle.com. A',
        answer: ['foogle.com. 60 IN CNAME google.com.', 'google.com. 30 IN A 192.0.2.7'],
      },
      { ask: 'foogle.com. MX', answer: ['foogle.com. 60 IN CNAME google.com.'] },
      { ask: 'foogle.com. AAAA', answer: ['foogle.com. 60 IN CNAME google.com.'] },
      { ask: 'www.foogle.com. A', rcode: 'SERVFAIL' },
    ],
  )

  it('ends where it leads back', async () => {
    const circle = (from: string, to: string) => `template IN ANY ${from} {\nanswer "${from}. CNAME ${to}."\n}`
    const reply = await serve(circle('a.test', 'b.test'), circle('b.test', 'a.test')).ask('a.test. A')
    expect(reply.answer).to.deep.equal(['a.test. 3600 IN CNAME b.test.', 'b.test. 3600 IN CNAME a.test.'])
  })

  it('ends where every name leads to another', async () => {
    const longer = 'template IN A test {\nanswer "{{ .Name }} CNAME x.{{ .Name }}"\n}'
    expect((await serve(longer).ask('test. A')).answer).to.have.lengthOf(9)
  })

  it('leads into the cluster, and holds as long as what it finds there', async () => {
    const service = (ip: string) => `
apiVersion: v1
kind: Namespace
metadata: { name: shop }
---
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
spec: { clusterIP: ${ip}, clusterIPs: [${ip}], ports: [{ port: 80 }] }
`
    const corefile = `. {
      kubernetes cluster.local
      template IN A shop.test {
        answer "{{ .Name }} 60 IN CNAME web.shop.svc.cluster.local."
      }
    }`
    const server = serveManifests(service('10.96.0.10'), corefile)
    const addresses = async () => (await server.ask('shop.test. A')).answer.slice(1)
    expect(await addresses()).to.deep.equal(['web.shop.svc.cluster.local. 5 IN A 10.96.0.10'])
    server.change(service('10.96.0.11'))
    expect(await addresses()).to.deep.equal(['web.shop.svc.cluster.local. 5 IN A 10.96.0.11'])
  })
})

describe('template: as AKS has it', () => {
  testCases(
    [
      `template ANY ANY internal.cloudapp.net {
        match "^(?:[^.]+\\.){4,}internal\\.cloudapp\\.net\\.$"
        rcode NXDOMAIN
        fallthrough
      }`,
      'template ANY ANY reddog.microsoft.com {\nrcode NXDOMAIN\n}',
    ],
    [
      { ask: 'web.shop.svc.cluster.internal.cloudapp.net. A', rcode: 'NXDOMAIN' },
      { ask: 'vm.internal.cloudapp.net. A', outcome: passedOn },
      { ask: 'web.reddog.microsoft.com. AAAA', rcode: 'NXDOMAIN' },
      { ask: 'microsoft.com. A', outcome: passedOn },
    ],
  )
})

describe('template: which one answers', () => {
  testCases(
    [
      'template IN A test {\nrcode REFUSED\n}',
      'template IN TXT test {\nmatch "$^"\nrcode SERVFAIL\nfallthrough\n}',
      'template IN A example {\nmatch ^a[.]\nanswer "{{ .Name }} A 10.0.0.1"\nfallthrough\n}',
      'template IN A example {\nmatch ^b[.]\nanswer "{{ .Name }} A 10.0.0.2"\nfallthrough sub.example\n}',
      'template CH TXT\ntemplate IN ANY nodata.test2',
    ],
    [
      { ask: 'some.test. A', rcode: 'REFUSED' },
      { ask: 'some.test. TXT', outcome: passedOn },
      { ask: 'a.example. A', answer: ['a.example. 3600 IN A 10.0.0.1'] },
      { ask: 'b.example. A', answer: ['b.example. 3600 IN A 10.0.0.2'] },
      { ask: 'c.example. A', rcode: 'SERVFAIL' },
      { ask: 'c.sub.example. A', outcome: passedOn },
      { ask: 'a.example. ANY', answer: ['a.example. 3600 IN A 10.0.0.1'] },
      { ask: 'example.org. TXT', outcome: passedOn },
      { ask: 'nodata.test2. A' },
    ],
  )
})

describe('template: records', () => {
  const answer = (record: string) => [`template IN ANY test {\nanswer ${record}\n}`]
  for (const { record, text } of [
    { record: '"{{ .Name }} A 10.0.0.1"', text: 'a.test. 3600 IN A 10.0.0.1' },
    { record: '"{{ .Name }} 5 A 10.0.0.1"', text: 'a.test. 5 IN A 10.0.0.1' },
    { record: '"{{ .Name }} IN A 10.0.0.1"', text: 'a.test. 3600 IN A 10.0.0.1' },
    { record: '"{{ .Name }} IN 5 A 10.0.0.1"', text: 'a.test. 5 IN A 10.0.0.1' },
    { record: '"{{ .Name }} 1h5m A 10.0.0.1"', text: 'a.test. 3900 IN A 10.0.0.1' },
    { record: '"{{ .Name }} 5 in aaaa FD00::1"', text: 'a.test. 5 IN AAAA fd00::1' },
    { record: '"{{ .Name }} TXT \\"a b\\" \\"(c)\\""', text: 'a.test. 3600 IN TXT "a b" "(c)"' },
    { record: '"{{ .Name }} SRV 0 5 80 {{ .Name }}"', text: 'a.test. 3600 IN SRV 0 5 80 a.test.' },
    { record: '"{{ .Type }}.test NS ns ; comment"', text: 'a.test. 3600 IN NS ns.' },
  ]) {
    testCases(answer(record), [{ ask: 'a.test. A', answer: [text] }])
  }

  it('of one name and type are rotated, as all are', async () => {
    const server = serve(
      'loadbalance',
      'template IN A test {\nanswer "{{ .Name }} A 10.0.0.1" "{{ .Name }} A 10.0.0.2"\n}',
    )
    const { answer: rrsets } = await server.exchange('a.test. A')
    expect(rrsets).to.have.lengthOf(1)
    const firsts = new Set<string>()
    for (let count = 0; count < 4; count++) {
      const [rrset] = (await server.exchange('a.test. A')).answer
      firsts.add(JSON.stringify(rrset?.rdata[0]))
    }
    expect(firsts.size).to.equal(2)
  })

  for (const { title, lines, logged } of [
    {
      title: 'a template that fails',
      lines: 'answer "{{ .Name }} 60 IN TXT \\"{{ index .Match 2 }}\\""',
      logged:
        'template: answer:1:26: executing "answer" at <index .Match 2>: error calling index: index out of range: 2',
    },
    {
      title: 'a function that fails',
      lines: 'authority "{{ .Name }} 60 IN TXT \\"{{ parseInt \\"gg\\" 16 8 }}\\""',
      logged:
        'template: authority:1:26: executing "authority" at <parseInt "gg" 16 8>: error calling parseInt: strconv.ParseUint: parsing "gg": invalid syntax',
    },
    {
      title: 'an unknown field',
      lines: 'answer "{{ .Nope }}"',
      logged:
        'template: answer:1:3: executing "answer" at <.Nope>: can\'t evaluate field Nope in type *template.templateData',
    },
    {
      title: 'no record',
      lines: 'additional "{{ .Name }}"',
      logged: 'record:1: no record, expected an owner, a TTL, a class, a type and rdata',
    },
    {
      title: 'an empty text',
      lines: 'answer "{{ if false }}x{{ end }}"',
      logged: "'' is no record, expected a record",
    },
    {
      title: 'wrong rdata',
      lines: 'answer "{{ .Name }} A x"',
      logged: "record:1: 'x' is no A rdata, expected an IPv4 address",
    },
  ]) {
    it(`${title}: SERVFAIL, and a line in the log`, async () => {
      const server = serve(`template IN A test {\n${lines}\n}`)
      const { rcode, aa } = await server.exchange('a.test. A')
      expect({ rcode: rcodeName(rcode), aa }).to.deep.equal({ rcode: 'SERVFAIL', aa: false })
      expect(server.lines).to.deep.equal([`[ERROR] plugin/errors: 2 a.test. A: ${logged}`])
    })
  }

  it('SERVFAIL has none, and no flag of authority', async () => {
    const server = serve('template IN A test {\nrcode SERVFAIL\nanswer "{{ .Nope }}"\n}')
    expect(await server.ask('a.test. A')).to.deep.equal({
      rcode: 'SERVFAIL',
      flags: ['qr'],
      answer: [],
      authority: [],
      additional: [],
    })
    expect(server.lines).to.deep.equal([])
  })

  it('may have an ederror with them', async () => {
    const server = serve('template IN A test {\nanswer "{{ .Name }} A 10.0.0.1"\nederror 3\n}')
    const { edns, answer: rrsets } = await server.exchange('a.test. A', { edns: {} })
    expect(rrsets).to.have.lengthOf(1)
    expect(edns?.extendedError).to.deep.equal({ infoCode: 3, text: '' })
    expect((await server.exchange('a.test. A')).edns).to.equal(undefined)
  })
})

describe('template: data', () => {
  const data = (text: string) => `template ANY ANY test {\nmatch ^(?P<n>x)?(a)[.]\nanswer "test. TXT \\"${text}\\""\n}`
  for (const { text, value, isKept = true } of [
    { text: '{{ .Zone }} {{ .Name }} {{ .Class }} {{ .Type }}', value: 'test. a.test. IN A' },
    { text: '{{ .Regex }}', value: '^(?P<n>x)?(a)[.]' },
    { text: '{{ .Match }}{{ .Group.n }}{{ index .Group `2` }}{{ .Group }}', value: '[a.  a]aMAP' },
    { text: '{{ .Question.Qtype }} {{ .Question.Qclass }}', value: '1 1' },
    { text: '{{ .Question.Name }}', value: 'A.test.', isKept: false },
    { text: '{{ .Remote }}', value: '192.0.2.1', isKept: false },
    { text: '{{ .Message.RecursionDesired }}', value: 'false', isKept: false },
    { text: '{{ .Message.CheckingDisabled }}{{ .Message.AuthenticatedData }}', value: 'falsefalse', isKept: false },
    { text: '{{ .Message.Opcode }}{{ .Message.Rcode }}{{ len .Message.Question }}', value: '001' },
    { text: '{{ (index .Message.Question 0).Name }}', value: 'A.test.', isKept: false },
    { text: '{{ if eq .Remote `192.0.2.9` }}a{{ else }}b{{ end }}', value: 'b', isKept: false },
    { text: '{{ if eq .Type `TXT` }}{{ .Remote }}{{ else }}b{{ end }}', value: 'b' },
    { text: '{{ .Meta `a/b` }}.{{ len .Var }}', value: '.0', isKept: false },
  ]) {
    it(`${text} is ${value}, ${isKept ? 'for every query' : 'for this query only'}`, async () => {
      const server = serve(data(text))
      const { answer } = await server.ask('A.test. A')
      const [written = ''] = answer
      expect(written).to.equal(`test. 3600 IN TXT "${value.replace('MAP', 'map[0:a. 1: 2:a n:]')}"`)
      const before = server.misses
      await server.exchange('A.test. A')
      expect(server.misses - before).to.equal(isKept ? 0 : 1)
    })
  }

  it('.Message.Id is that of the query', async () => {
    const server = serve('template IN TXT test {\nanswer "test. TXT \\"{{ .Message.Id }}\\""\n}')
    for (const id of [7, 8]) {
      const { answer } = await server.exchange('a.test. TXT', { message: { id } })
      expect(answer[0]?.rdata).to.deep.equal([{ strings: [String(id)] }])
    }
  })

  it('a record is in the class of the question, whatever class is written', async () => {
    const server = serveManifests(
      '',
      '. {\nerrors\nchaos\ntemplate CH TXT test {\nanswer "{{ .Name }} 5 {{ .Class }} TXT x"\n}\n}\n',
    )
    const question = { ...asked('a.test. TXT'), qclass: 3 }
    const { answer } = await server.exchange('a.test. TXT', { message: { question } })
    expect(answer).to.have.lengthOf(1)
    expect(server.lines).to.deep.equal([])
  })

  it('a question for any class is one for that of the template', async () => {
    const server = serveManifests('', '. {\nchaos\ntemplate IN TXT test {\nanswer "test. TXT {{ .Class }}"\n}\n}\n')
    const question = { ...asked('a.test. TXT'), qclass: 255 }
    const { answer } = await server.exchange('a.test. TXT', { message: { question } })
    expect(answer.map(({ rdata }) => rdata)).to.deep.equal([[{ strings: ['IN'] }]])
  })

  it('the zone is the longest that the name lies in', async () => {
    const server = serve('template IN TXT test b.test {\nanswer "{{ .Name }} TXT {{ .Zone }}"\n}')
    const zoneOf = async (name: string) => (await server.ask(`${name} TXT`)).answer.join()
    expect(await zoneOf('a.b.test.')).to.equal('a.b.test. 3600 IN TXT "b.test."')
    expect(await zoneOf('ab.test.')).to.equal('ab.test. 3600 IN TXT "test."')
    expect(await zoneOf('atest.'), 'of whole labels').to.equal('')
  })

  it('a question for any type or class is one for those of the template', async () => {
    const server = serve('template IN A test {\nanswer "test. TXT \\"{{ .Class }} {{ .Type }}\\""\n}')
    expect((await server.ask('a.test. ANY')).answer).to.deep.equal(['test. 3600 IN TXT "IN A"'])
  })
})

describe('template: var and expr', () => {
  const example = (...lines: readonly string[]) => `template IN A example. {\n${lines.join('\n')}\n}`
  const first = 'answer "{{ .Name }} 60 IN A 10.0.0.1"'
  const answer = ['a.example. 60 IN A 10.0.0.1']
  testCases([example("expr name() == 'a.example.'", "expr type() == 'A'", first)], [{ ask: 'a.example. A', answer }])
  testCases([example("expr name() == 'b.example.'", first)], [{ ask: 'a.example. A', rcode: 'SERVFAIL' }])
  testCases(
    [example("expr name() == 'b.example.'", first, 'fallthrough')],
    [{ ask: 'a.example. A', outcome: passedOn }],
  )
  testCases(
    [example("expr name() == 'b.example.'", 'fallthrough other.example.')],
    [{ ask: 'a.example. A', rcode: 'SERVFAIL' }],
  )
  testCases([example("expr name() == 'b.example.'", 'fallthrough'), example(first)], [{ ask: 'a.example. A', answer }])
  testCases([example('expr 1', first, 'fallthrough')], [{ ask: 'a.example. A', outcome: passedOn }])
  testCases(
    [example("var bad incidr('notanip', '10.0.0.0/8')", first, 'fallthrough')],
    [{ ask: 'a.example. A', rcode: 'SERVFAIL' }],
  )
  testCases(
    [example('match ^a[.]example[.]$', "expr incidr('notanip', '10.0.0.0/8')", first, 'fallthrough')],
    [{ ask: 'b.example. A', outcome: passedOn }],
  )
  const numbered = example(
    'match ^(?P<n>[0-9]+)[.]example[.]$',
    "var num int(group('n'))",
    'var double num * 2',
    'expr num > 1',
    'answer "{{ .Name }} 60 IN A 10.0.{{ .Var.num }}.{{ .Var.double }}"',
    'fallthrough',
  )
  testCases(
    [numbered],
    [
      { ask: '2.example. A', answer: ['2.example. 60 IN A 10.0.2.4'] },
      { ask: '1.example. A', outcome: passedOn },
    ],
  )
  const list = example(
    "var items ['a', 1, {b: nil}]",
    'answer "{{ .Name }} TXT \\"{{ .Var.items }}{{ len .Var.items }}\\""',
  )
  testCases([list], [{ ask: 'a.example. A', answer: ['a.example. 3600 IN TXT "[a 1 map[b:<nil>]]3"'] }])

  it('an answer that depends on the client is given to this client only', async () => {
    const local = example(
      "var local incidr(client_ip(), '192.0.2.0/24')",
      'answer "{{ .Name }} 60 IN A {{ if .Var.local }}10.0.0.1{{ else }}192.0.2.1{{ end }}"',
    )
    const server = serve(local)
    expect((await server.ask('a.example. A')).answer).to.deep.equal(answer)
    const elsewhere = { client: { address: '198.51.100.1', port: 40_000 } }
    expect((await server.ask('a.example. A', elsewhere)).answer).to.deep.equal(['a.example. 60 IN A 192.0.2.1'])
  })

  it('and so is what the next plugin answers, where the client decides that it is asked', async () => {
    const only = (cidr: string) => example(`expr incidr(client_ip(), '${cidr}')`, 'rcode REFUSED', 'fallthrough')
    const server = serve(only('198.51.100.0/24'), example(first))
    expect((await server.ask('a.example. A')).answer).to.deep.equal(answer)
    const elsewhere = { client: { address: '198.51.100.1', port: 40_000 } }
    expect((await server.ask('a.example. A', elsewhere)).rcode).to.equal('REFUSED')
  })

  const elsewhere = { client: { address: '198.51.100.1', port: 40_000 } }

  it('and so is what another plugin answers', async () => {
    const only =
      "template IN A cluster.local {\nexpr incidr(client_ip(), '198.51.100.0/24')\nrcode REFUSED\nfallthrough\n}"
    const server = serveManifests('', `. {\n${only}\nkubernetes cluster.local\n}\n`)
    expect((await server.ask('a.cluster.local. A')).rcode).to.equal('NXDOMAIN')
    expect((await server.ask('a.cluster.local. A', elsewhere)).rcode).to.equal('REFUSED')
  })

  it('and so is what is behind a CNAME', async () => {
    const alias =
      'template IN A a.test {\nanswer "{{ .Name }} 5 CNAME {{ if eq .Remote `192.0.2.1` }}x{{ else }}y{{ end }}.example."\n}'
    const server = serve(alias, example(first))
    const targetOf = async (options = {}) => (await server.ask('a.test. A', options)).answer[0]
    expect(await targetOf()).to.equal('a.test. 5 IN CNAME x.example.')
    expect(await targetOf(elsewhere)).to.equal('a.test. 5 IN CNAME y.example.')
  })
})

describe('template: reasons', () => {
  const cases = [
    { ask: 'a.invalid. A', codes: ['template'], text: 'a template for invalid. with the match .* says so' },
    {
      ask: 'b.test. A',
      codes: ['template-mismatch'],
      text: 'the template for test. does not match the name, and has no fallthrough for it',
    },
    {
      ask: 'b.example. A',
      codes: ['template-fallthrough', 'template-expression'],
      text: 'an expression in the template for example. has no value: first argument is not an IP address',
    },
  ]
  for (const { ask, codes, text } of cases) {
    it(`${ask}: ${text}`, async () => {
      const server = serve(
        'template ANY ANY invalid {\nrcode NXDOMAIN\n}',
        'template ANY ANY test {\nmatch ^a\n}',
        'template ANY ANY example {\nmatch ^a\nfallthrough\n}',
        "template ANY ANY example {\nexpr incidr('x', '::/0')\n}",
      )
      const steps = await server.trace(ask)
      expect(steps.map(({ code }) => code)).to.deep.equal(codes)
      expect(steps.at(-1)?.describe()).to.equal(text)
    })
  }
})

describe('template: metrics', () => {
  function valuesOf({ metrics }: ReturnType<typeof serve>, name: string) {
    const family = metrics.families().find((each) => each.name === name)
    return [...(family?.series.values() ?? [])].map(({ values, series }) => ({
      values,
      value: 'value' in series ? series.value : Number.NaN,
    }))
  }

  it('count each match, also where the answer is kept', async () => {
    const server = serve('template ANY ANY test {\nanswer "test. A 10.0.0.1"\n}')
    for (let count = 0; count < 3; count++) await server.exchange('a.test. A')
    expect(server.misses).to.equal(1)
    expect(valuesOf(server, 'coredns_template_matches_total')).to.deep.equal([
      { values: ['dns://:53', 'test.', '', 'IN', 'A'], value: 3 },
    ])
  })

  it('count what fails, by section and template', async () => {
    const server = serve(
      'template ANY A test {\nanswer "{{ .Nope }}"\n}',
      'template ANY TXT test {\nauthority "{{.Name}}"\n}',
    )
    await server.exchange('a.test. A')
    await server.exchange('a.test. TXT')
    expect(valuesOf(server, 'coredns_template_template_failures_total')).to.deep.equal([
      { values: ['dns://:53', 'test.', '', 'IN', 'A', 'answer', '{{.Nope}}'], value: 1 },
    ])
    expect(valuesOf(server, 'coredns_template_rr_failures_total')).to.deep.equal([
      { values: ['dns://:53', 'test.', '', 'IN', 'TXT', 'authority', '{{.Name}}'], value: 1 },
    ])
  })
})
