import { basename } from 'node:path'
import { expect } from 'chai'
import { ClusterStore } from '../../src/cluster/store.ts'
import type { CorefileIo } from '../../src/corefile/io.ts'
import { parseCorefile } from '../../src/corefile/parser.ts'
import type { Files } from '../../src/plugin/setup.ts'
import { pluginOrder } from '../../src/plugins/order.ts'
import { buildGroups, defaultPort } from '../../src/server/build.ts'
import { defaultCorefile } from '../../src/server/default-corefile.ts'
import { diskFiles } from '../../src/server/files.ts'
import { systemClock } from '../../src/util/clock.ts'
import { silentLogger } from '../../src/util/log.ts'
import { testAuthority } from '../support/api-server/certificates.ts'
import { blocksOf, documentationPages, readPage } from './pages.ts'

const blocks = documentationPages()
  .flatMap(blocksOf)
  .filter(({ language }) => language === 'corefile')

/** A page stands for itself: it reads no file and knows no environment. */
const io: CorefileIo = {
  readText: (path) => {
    throw new Error(`a page cannot import ${path}`)
  },
  list: () => [],
  env: () => undefined,
  warn: () => {},
}

/** Certificates and keys have the names that those of a Secret have. */
const secrets: Record<string, string> = {}
const files: Files = {
  ...diskFiles,
  readText: (path) => secrets[basename(path)] ?? diskFiles.readText(path),
}

describe('Corefiles in the documentation', () => {
  before(() => {
    const { cert, key } = testAuthority().issueServer()
    Object.assign(secrets, { 'tls.crt': cert, 'tls.key': key, 'ca.crt': testAuthority().cert })
  })

  it('are there', () => expect(blocks.map(({ path }) => path)).to.include('docs/corefile.md'))

  for (const { path, line, text } of blocks) {
    it(`can be served: ${path}:${line}`, () => {
      const directiveNames = pluginOrder.map(({ name }) => name)
      const corefile = parseCorefile(text, `${path}:${line}`, io, { defaultPort, directiveNames })
      const cluster = new ClusterStore(systemClock)
      const context = { cluster, log: silentLogger, clock: systemClock, files, listen: [] }
      expect(buildGroups(corefile, context)).to.have.length.of.at.least(1)
    })
  }

  it('show the default one as it is', () => {
    const [first] = blocksOf(readPage('docs/corefile.md')).filter(({ language }) => language === 'corefile')
    expect(`${first?.text}\n`).to.equal(defaultCorefile('cluster.local.'))
  })
})
