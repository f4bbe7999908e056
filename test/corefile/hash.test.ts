import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { hashCorefile } from '../../src/corefile/hash.ts'
import { memoryIo } from './memory-io.ts'

const kubeadm = readFileSync(`${import.meta.dirname}/distributions/kubeadm.Corefile`, 'utf8')
/** Before kubeadm 1.32 the answers of the cluster's own zone were cached as well. */
const oldKubeadm = kubeadm.replace(/cache 30 \{[^}]*\}/, 'cache 30')
const minikube = oldKubeadm
  .replace('    errors\n', '    log\n    errors\n')
  .replace(
    '    forward ',
    '    hosts {\n       192.168.65.254 host.minikube.internal\n       fallthrough\n    }\n    forward ',
  )

/** As clusters in the field have logged them: `Running configuration SHA512 = …`. */
const inTheField = [
  {
    title: 'kubeadm up to 1.31',
    corefile: oldKubeadm,
    hash: '591cf328cccc12bc490481273e738df59329c62c0b729d94e8b61db9961c2fa5f046dd37f1cf888b953814040d180f52594972691cd6ff41be96639138a43908',
  },
  {
    title: 'kubeadm since 1.32',
    corefile: kubeadm,
    hash: '1b226df79860026c6a52e67daa10d7f0d57ec5b023288ec00c5e05f93523c894564e15b91770d3a07ae1cfbe861d15b37d4a0027e69c546ab112970993a3b03b',
  },
  {
    title: 'minikube',
    corefile: minikube,
    hash: 'f869070685748660180df1b7a47d58cdafcf2f368266578c062d1151dc2c900964aecc5975e8882e6de6fdfb6460463e30ebfaad2ec8f0c3c6436f80225b3b5b',
  },
]

describe('hashCorefile', () => {
  for (const { title, corefile, hash } of inTheField) {
    it(`is CoreDNS's for ${title}`, () => expect(hashOf(corefile)).to.equal(hash))
  }

  const changes = [
    { title: 'an argument', text: '. {\nlog a.test\n}\n' },
    { title: 'a key', text: 'a. {\nlog\n}\n' },
    { title: 'a line more', text: '\n. {\nlog\n}\n' },
    { title: 'a directive more', text: '. {\nlog\nerrors\n}\n' },
    { title: 'braces', text: '. {\nlog {\n}\n}\n' },
    { title: 'all of it', text: '' },
  ]
  const plain = '. {\nlog\n}\n'
  for (const { title, text } of changes) {
    it(`changes with ${title}`, () => expect(hashOf(text)).to.not.equal(hashOf(plain)))
  }

  it('stays with a comment, blanks, and the path of the Corefile', () => {
    expect(hashOf('.  { # all\n\tlog\n}\n\n')).to.equal(hashOf(plain))
    expect(hashCorefile(plain, '/etc/coredns/Corefile', memoryIo())).to.equal(hashOf(plain))
  })

  it('changes with a file that is imported', () => {
    const withMore = (text: string) => hashOf('. {\nimport more\n}\n', { '/etc/coredns/more': text })
    expect(withMore('log\n')).to.not.equal(withMore('errors\n'))
    expect(withMore('\nlog\n'), 'where a word stands counts').to.not.equal(hashOf(plain))
  })

  it('is of the environment as it is, but for the names of directives as they are written', () => {
    const withName = (value: string) => hashOf('. {\nlog {$NAME}\n}\n', {}, { NAME: value })
    expect(withName('a.test')).to.equal(hashOf('. {\nlog a.test\n}\n'))
    expect(withName('b.test')).to.not.equal(withName('a.test'))
    expect(hashOf('. {\n{$NAME}\n}\n', {}, { NAME: 'log' })).to.not.equal(hashOf(plain))
  })

  it('writes what HTML and JavaScript would stumble over as Go does', () => {
    // sha512sum of [{"Keys":["."],"Tokens":{"log":[…,{"File":"","Line":2,"Text":"\u003c\u003e\u0026\u2028é"}]}}]
    expect(hashOf('. {\nlog "<>&\u2028é"\n}\n')).to.equal(
      '91d7407ab5e2c02e06d77f0c3a0bcfbc4cac82876b544fb4e91e121fedf9b81fc6fa5aad666976f28e9a3c591353265ac796d9299f915484df12becdbd6b92f8',
    )
  })

  it('is that of null where there is no server block', () => {
    expect(hashOf('# nothing\n')).to.equal(
      '04f8ff2682604862e405bf88de102ed7710ac45c1205957625e4ee3e5f5a2241e453614acc451345b91bafc88f38804019c7492444595674e94e8cf4be53817f',
    )
  })

  it('does not mind what is no directive and no zone', () => {
    expect(hashOf('a..b {\nnonsense { of a kind\n}\n}\n')).to.match(/^[0-9a-f]{128}$/)
  })

  it('throws where there are no words', () => {
    expect(() => hashOf('. {\nlog\n')).to.throw(
      "/etc/coredns/Corefile:2 - Syntax error: Unexpected token 'log', expecting '}'",
    )
  })
})

function hashOf(
  corefile: string,
  files: Readonly<Record<string, string>> = {},
  variables: Readonly<Record<string, string>> = {},
): string {
  return hashCorefile(corefile, '/etc/coredns/Corefile', memoryIo(files, variables))
}
