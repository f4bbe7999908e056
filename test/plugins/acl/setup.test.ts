import { type SetupCase, testSetup } from '../../support/setup.ts'

const inBlock = (line: string, error?: string): SetupCase => ({
  text: `acl {\n${line}\n}`,
  line: 4,
  ...(error !== undefined && { error }),
})

describe('acl: setup', () => {
  testSetup([
    { text: 'acl' },
    { text: 'acl example.org 10.0.0.0/8 {\nblock\n}' },
    { text: 'acl a..b', error: 'zone is not a valid domain name: a..b' },
    inBlock('allow type A AAAA TYPE65280 net 10.0.0.0/8 fd00::/8 10.1.1.1 ::1'),
    inBlock('drop net * type *'),
    inBlock('deny', `unexpected token "deny"; expect 'allow', 'block', 'filter' or 'drop'`),
    inBlock('block A', `unexpected token "A"; expect 'type | net'`),
    inBlock('block type', 'no token specified in "type" section'),
    inBlock('block net type A', 'no token specified in "net" section'),
    inBlock('block type ABC', 'unexpected token "ABC"; expect legal QTYPE'),
    inBlock('block net 10.0.0.0/33', 'illegal CIDR notation "10.0.0.0/33"'),
    inBlock('block net fd00::/129', 'illegal CIDR notation "fd00::/129"'),
    inBlock('block net 10.0.0', 'illegal CIDR notation "10.0.0/32"'),
    inBlock('block net 010.0.0.1', 'illegal CIDR notation "010.0.0.1/32"'),
    inBlock('block net fe80::1%eth0', 'illegal CIDR notation "fe80::1%eth0/128"'),
    inBlock('block net "" *', 'illegal CIDR notation "/32"'),
    inBlock('block net * 10.0.0'),
    inBlock('block type a', 'unexpected token "a"; expect legal QTYPE'),
    inBlock('block type ABC *', 'unexpected token "ABC"; expect legal QTYPE'),
    inBlock('block type * ABC'),
  ])
})
