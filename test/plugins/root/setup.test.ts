import { expect } from 'chai'
import { noOffers } from '../../../src/plugin/offers.ts'
import { underRoot } from '../../../src/plugin/root-path.ts'
import type { SetupContext } from '../../../src/plugin/setup.ts'
import { setupRoot } from '../../../src/plugins/root/setup.ts'
import { diskFiles } from '../../../src/server/files.ts'
import { silentLogger } from '../../../src/util/log.ts'
import { memoryFiles } from '../../support/memory-files.ts'
import { buildDirectives } from '../../support/settings.ts'
import { type SetupCase, testSetup, wrongCount } from '../../support/setup.ts'

const cases: readonly SetupCase[] = [
  { text: 'root /' },
  { text: 'root /nowhere/at/all' },
  { text: 'root /tmp\nroot /' },
  { text: 'root', error: wrongCount('root') },
  { text: 'root / /tmp', error: wrongCount('/tmp') },
  { text: 'root / {\npath /\n}', error: "Unexpected token '{', expecting argument" },
  { text: 'root / {\n}', error: "Unexpected token '{', expecting argument" },
]

describe('plugin root: setup', () => {
  testSetup(cases)

  it('warns of what is not there, which may come later', () => {
    expect(buildDirectives('root /nowhere/at/all').lines).to.deep.equal([
      '[WARNING] plugin/root: Root path does not exist: /nowhere/at/all',
    ])
    expect(buildDirectives('root /').lines).to.deep.equal([])
  })

  it('refuses what nobody may look at', () => {
    const denied = () => {
      throw Object.assign(new Error('permission denied'), { code: 'EACCES' })
    }
    expect(() => setUp(['/secret'], { files: { ...memoryFiles({}), stat: denied } })).to.throw(
      "Corefile:3 - Error during parsing: unable to access root path '/secret': permission denied",
    )
  })

  it('is where relative paths of the block start, wherever it stands in it; of several the last', () => {
    const context = setUp(['/nowhere', '/etc'])
    expect(underRoot(context, 'zones/db.example.org')).to.equal('/etc/zones/db.example.org')
    expect(underRoot(context, '/etc/hosts')).to.equal('/etc/hosts')
    expect(underRoot({ offers: noOffers() }, 'zones')).to.equal('zones')
  })
})

/** Sets up directives in line 3, and gives what they were set up with. */
function setUp(paths: readonly string[], changes: Partial<SetupContext> = {}): SetupContext {
  // Of the context it takes what stands here, and nothing else.
  const context = { offers: noOffers(), files: diskFiles, log: silentLogger, ...changes } as SetupContext
  const at = { file: 'Corefile', line: 3 }
  setupRoot(
    paths.map((text) => ({ name: 'root', ...at, args: [{ text, ...at }] })),
    context,
  )
  return context
}
