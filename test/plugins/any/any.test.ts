import { serveManifests } from '../../support/serve.ts'
import { testSetup, wrongCount } from '../../support/setup.ts'
import { soaOf, testQueries } from '../../support/table.ts'

const soa = soaOf('cluster.local.')

describe('any', () => {
  testQueries(
    () => serveManifests('', 'cluster.local {\nany\nkubernetes\n}\n'),
    [
      {
        title: 'a name that there is',
        ask: 'Svc.cluster.local. ANY',
        flags: ['qr'],
        answer: ['svc.cluster.local. 8482 IN HINFO "ANY obsoleted" "See RFC 8482"'],
      },
      {
        title: 'a name that there is not',
        ask: 'nope.cluster.local. ANY',
        flags: ['qr'],
        answer: ['nope.cluster.local. 8482 IN HINFO "ANY obsoleted" "See RFC 8482"'],
      },
      { title: 'another type', ask: 'svc.cluster.local. HINFO', authority: [soa] },
    ],
  )
})

describe('any: setup', () => {
  testSetup([
    { text: 'any' },
    { text: 'any\nany' },
    { text: 'any example.org', error: wrongCount('example.org') },
    { text: 'any {\nfoo\n}', error: "Unexpected token '{', expecting argument" },
    { text: 'any {\n}', error: "Unexpected token '{', expecting argument" },
  ])
})

describe('minimal: setup', () => {
  testSetup([
    { text: 'minimal' },
    { text: 'minimal\nminimal' },
    { text: 'minimal example.org', error: wrongCount('example.org') },
    { text: 'minimal {\nfoo\n}', error: "Unexpected token '{', expecting argument" },
    { text: 'minimal {\n}', error: "Unexpected token '{', expecting argument" },
  ])
})
