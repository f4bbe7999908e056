import { expect } from 'chai'
import { run, runWithInput, shop, testFolder } from './run.ts'

const web = 'web.shop.svc.cluster.local'

/** Blocks of the output, tabs as single blanks. */
async function blocksOf(...args: readonly string[]): Promise<string[]> {
  const { code, out, err } = await run('query', ...args)
  expect({ code, err }).to.deep.equal({ code: 0, err: '' })
  return out.replace(/[\t ]+/g, ' ').split('\n\n')
}

describe('query', () => {
  const folder = testFolder({
    Log: 'cluster.local {\n    log . "{name} {type} {rcode}"\n    kubernetes\n}\n',
    Whoami: '.:5300 {\n    whoami\n}\n',
  })

  it('prints as dig does', async () => {
    const { code, out, err } = await run('query', web, '-f', shop)
    expect({ code, err }).to.deep.equal({ code: 0, err: '' })
    expect(out).to.equal(`;; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: 0
;; flags: qr aa rd; QUERY: 1, ANSWER: 1, AUTHORITY: 0, ADDITIONAL: 1
;; WARNING: recursion requested but not available

;; OPT PSEUDOSECTION:
; EDNS: version: 0, flags:; udp: 1232
;; QUESTION SECTION:
;web.shop.svc.cluster.local.\tIN\tA

;; ANSWER SECTION:
web.shop.svc.cluster.local. 5\tIN\tA\t10.96.0.20

;; MSG SIZE  rcvd: 71`)
  })

  const answers: readonly { title: string; args: readonly string[]; block: string }[] = [
    {
      title: 'the type that is asked for',
      args: [web, 'SRV'],
      block: `;; ANSWER SECTION:\n${web}. 5 IN SRV 0 100 80 ${web}.`,
    },
    {
      title: 'a type in small letters',
      args: [web, 'srv'],
      block: `;; ANSWER SECTION:\n${web}. 5 IN SRV 0 100 80 ${web}.`,
    },
    {
      title: 'an address for its reverse name',
      args: ['10.96.0.20'],
      block: `;; ANSWER SECTION:\n20.0.96.10.in-addr.arpa. 5 IN PTR ${web}.`,
    },
    {
      title: 'the letter case of the question',
      args: ['WEB.shop.svc.cluster.local.'],
      block: ';; ANSWER SECTION:\nWEB.shop.svc.cluster.local. 5 IN A 10.96.0.20',
    },
    {
      title: 'what a CNAME leads to',
      args: ['website.shop.svc.cluster.local', 'A'],
      block: `;; ANSWER SECTION:\nwebsite.shop.svc.cluster.local. 5 IN CNAME ${web}.\n${web}. 5 IN A 10.96.0.20`,
    },
  ]
  for (const { title, args, block } of answers) {
    it(title, async () => expect(await blocksOf(...args, '-f', shop)).to.include(block))
  }

  const statuses = [
    { title: 'a name that is not there', args: ['no.shop.svc.cluster.local'], status: 'NXDOMAIN' },
    { title: 'a type that is not there', args: [web, 'TYPE65'], status: 'NOERROR' },
    { title: 'a name of no zone', args: ['www.example.com'], status: 'REFUSED' },
  ]
  for (const { title, args, status } of statuses) {
    it(`${title}: exit code 0, for it is an answer, and ${status}`, async () => {
      const [header = ''] = await blocksOf(...args, '-f', shop)
      expect(header).to.include(`status: ${status}`)
    })
  }

  it('takes standard input', async () => {
    const input =
      'apiVersion: v1\nkind: Service\nmetadata: { name: web }\nspec: { clusterIP: 10.96.0.7, ports: [{ port: 80 }] }\n'
    const { code, out } = await runWithInput(input, 'query', 'web.default.svc.cluster.local', '-f', '-')
    expect(code).to.equal(0)
    expect(out).to.include('\tA\t10.96.0.7')
  })

  it('logs on standard error what its plugins log', async () => {
    const { code, err } = await run('query', web, '-f', shop, '--conf', folder.path('Log'))
    expect({ code, err }).to.deep.equal({ code: 0, err: `[INFO] ${web}. A NOERROR` })
  })

  it('needs no manifests if there is a Corefile', async () => {
    const blocks = await blocksOf('example.com', '--conf', folder.path('Whoami'))
    expect(blocks).to.include(
      ';; ADDITIONAL SECTION:\nexample.com. 0 IN A 127.0.0.1\n_tcp.example.com. 0 IN SRV 0 0 0 .',
    )
  })
})
