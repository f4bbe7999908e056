import type { Reply } from '../support/serve.ts'
import { nodata, nxdomain, soaOf } from '../support/table.ts'
import { a, cname, ptr, serve, srv, t, v4, z } from './cluster.ts'
import { type Row, rows, type Section } from './rows.ts'

const types = ['A', 'AAAA', 'SRV', 'TXT', 'CNAME', 'MX', 'NS', 'SOA', 'PTR', 'ANY'] as const

/**
 * The matrix of names and types: `A` has an answer, `nd` is NODATA, `nx` is NXDOMAIN.
 *
 * In capitals is what CoreDNS says otherwise; `differs` names the row of docs/differences.md for it.
 */
interface MatrixRow {
  readonly names: readonly string[]
  readonly cells: string
  readonly differs?: Readonly<Record<string, string>>
  readonly answers?: Readonly<Record<string, (name: string) => Partial<Reply>>>
}

const web = `web.${t}`
const nsDns = `ns.dns.${z}`
const pod = `1-2-3-4.podns.pod.${z}`
const whole = `10.0.96.10.${v4}`
const nsOf = (zone: string) => ({
  answer: [`${zone} 5 IN NS ns.dns.${zone}`],
  additional: a(`ns.dns.${zone}`, '10.1.0.53'),
})
const txtExists = 'TXT at `Z`'
const soaNowhere = 'SOA at a name that does not exist'

const matrix: readonly MatrixRow[] = [
  {
    names: [z],
    cells: 'nd nd nd ND nd nd A A nd nd',
    differs: { TXT: txtExists },
    answers: { NS: nsOf, SOA: (name) => ({ answer: [soaOf(name)] }) },
  },
  { names: [`svc.${z}`, `pod.${z}`], cells: 'nd nd nd ND nd nd nd nd nd nd', differs: { TXT: txtExists } },
  { names: [t], cells: 'nd nd nd ND nd nd nd nd nd nd', differs: { TXT: txtExists } },
  {
    names: [`nons.svc.${z}`, `foo.${z}`],
    cells: 'nx nx nx nx nx nx nx NX nx nx',
    differs: { SOA: soaNowhere },
  },
  {
    names: [`dns.${z}`],
    cells: 'ND ND ND ND ND ND ND nd ND ND',
    differs: { '*': 'a name that only stands above others' },
  },
  {
    names: [`dns-version.${z}`],
    cells: 'ND ND ND A ND ND ND nd ND ND',
    differs: { '*': 'any type but TXT at `dns-version.Z`' },
    answers: { TXT: (name) => ({ answer: [`${name} 28800 IN TXT "1.1.0"`] }) },
  },
  {
    names: [nsDns],
    cells: 'A nd nd ND nd nd nd nd ND nd',
    differs: { TXT: txtExists, PTR: 'PTR at `ns.dns.Z`' },
    answers: { A: (name) => ({ answer: a(name, '10.1.0.53') }) },
  },
  {
    names: [web, `_http._tcp.${web}`],
    cells: 'A nd A nd nd nd nd nd nd nd',
    answers: {
      A: (name) => ({ answer: a(name, '10.96.0.10') }),
      SRV: (name) => ({ answer: [srv(name, 100, 80, web)], additional: a(web, '10.96.0.10') }),
    },
  },
  {
    names: [`four.${t}`, `a.four.${t}`],
    cells: 'A nd A nd nd nd nd nd nd nd',
    answers: {
      A: (name) => ({ answer: a(name, '10.1.8.1') }),
      SRV: (name) => ({ answer: [srv(name, 100, 8080, `a.four.${t}`)], additional: a(`a.four.${t}`, '10.1.8.1') }),
    },
  },
  {
    names: [`unready.${t}`, `sliceless.${t}`],
    cells: 'nx nx nx nx nx nx nx NX nx nx',
    differs: { SOA: soaNowhere },
  },
  {
    names: [`ext.${t}`],
    cells: 'A A nd nd A nd nd nd nd nd',
    answers: Object.fromEntries(
      ['A', 'AAAA', 'CNAME'].map((type) => [type, (name: string) => ({ answer: [cname(name, 'ext.example.com.')] })]),
    ),
  },
  {
    names: [pod],
    cells: 'A nd A nd nd nd nd nd nd nd',
    answers: {
      A: (name) => ({ answer: a(name, '1.2.3.4') }),
      SRV: (name) => ({ answer: [srv(name, 100, 0, name)], additional: a(name, '1.2.3.4') }),
    },
  },
  {
    names: [v4],
    cells: 'nd nd nd ND nd nd A A nd nd',
    differs: { TXT: txtExists },
    answers: { NS: nsOf, SOA: (name) => ({ answer: [soaOf(name)] }) },
  },
  {
    names: [whole],
    cells: 'ND ND ND ND ND ND ND nd A ND',
    differs: { '*': 'any type but PTR at a reverse name with a PTR' },
    answers: { PTR: (name) => ({ answer: ptr(name, web) }) },
  },
  {
    names: [`99.99.99.10.${v4}`, `99.10.${v4}`],
    cells: 'nx nx nx nx nx nx nx NX nx nx',
    differs: { SOA: soaNowhere },
  },
  {
    names: [`0.96.10.${v4}`],
    cells: 'ND ND ND ND ND ND ND nd ND ND',
    differs: { '*': 'a name that only stands above others' },
  },
]

/** The last column stands for every type that is not listed. */
const unlisted = ['ANY', 'HTTPS', 'SVCB', 'DNSKEY', 'CAA', 'HINFO', 'TYPE0', 'TYPE253', 'TYPE65280']

function cellRows({ names, cells, differs = {}, answers = {} }: MatrixRow): Row[] {
  return names.flatMap((name) =>
    cells.split(' ').flatMap((cell, index) => {
      const type = types[index] ?? ''
      const isRepaired = cell === 'ND' || cell === 'NX'
      const reason = isRepaired ? (differs[type] ?? differs['*']) : undefined
      const asked = type === 'ANY' ? unlisted : [type]
      return rows(
        '5.0',
        'matrix',
        asked.map((each) => `${name} ${each}`),
        {
          ...(reason === undefined ? {} : { differs: reason }),
          ...(answers[type]?.(name) ?? negative(name, cell)),
        },
      )
    }),
  )
}

function negative(name: string, cell: string): Partial<Reply> {
  const authority = [soaOf(name.endsWith(v4) ? v4 : z)]
  return cell.toLowerCase() === 'nx' ? { rcode: 'NXDOMAIN', authority } : { authority }
}

export const section5: Section = {
  section: '5',
  title: 'behaviour by query type',
  groups: [
    {
      title: 'Pods insecure',
      serve: () => serve('pods insecure'),
      rows: [
        ...matrix.flatMap(cellRows),
        ...rows('5.1', 'the other family', [`web.${t} AAAA`, `portless.${t} AAAA`], nodata),
        ...rows('5.2', 'CNAME of what is no ExternalName', [`web.${t} CNAME`, `hl.${t} CNAME`], nodata),
        ...rows('5.2', 'CNAME of nothing', [`nope.${t} CNAME`], nxdomain),
        ...rows('5.3', 'types without records', [`hl.${t} MX`, `hl.${t} HTTPS`, `web.${t} SVCB`, `hl.${t} DS`], nodata),
        ...rows('5.3', 'types without records, no name', [`nope.${t} MX`, `nope.${t} HTTPS`], nxdomain),
        ...rows('5.4', 'TXT of what has records', [`web.${t} TXT`, `pet-0.hl.${t} TXT`, `ext.${t} TXT`], nodata),
        ...rows('5.4', 'TXT of what stands above', [`${t} TXT`, nsDns.concat(' TXT')], {
          differs: txtExists,
          ...nodata,
        }),
        ...rows('5.4', 'TXT of nothing', [`nope.${t} TXT`, `unready.${t} TXT`], nxdomain),
        ...rows('5.5', 'NS below the apex', [`web.${t} NS`, `svc.${z} NS`], nodata),
        ...rows('5.6', 'SOA below the apex', [`web.${t} SOA`, `svc.${z} SOA`], nodata),
        ...rows('5.6', 'SOA of nothing', [`nope.${t} SOA`], { differs: soaNowhere, ...nxdomain }),
        ...rows('5.7', 'PTR of a forward name', [`web.${t} PTR`, `${t} PTR`], nodata),
        ...rows('5.7', 'PTR of no forward name', [`nope.${t} PTR`], nxdomain),
        ...rows('5.8', 'nobody makes transfers', [z, `web.${t}`, v4, `nope.${t}`].flatMap(transfers), {
          rcode: 'REFUSED',
          flags: ['qr'],
        }),
      ],
    },
  ],
}

function transfers(name: string): string[] {
  return [`${name} AXFR`, `${name} IXFR`]
}
