import { expect } from 'chai'
import { CorefileError } from '../../src/corefile/errors.ts'
import { parseCorefile } from '../../src/corefile/parser.ts'
import { memoryIo } from './memory-io.ts'
import { outline } from './outline.ts'

const files = {
  '/etc/coredns/custom/b.override': 'cache 30\n',
  '/etc/coredns/custom/a.override': 'log\nerrors {\n stacktrace\n}\n',
  '/etc/coredns/custom/.hidden.override': 'debug',
  '/etc/coredns/custom/x.server': 'x {\n import b.override\n}\ny {\n}\n',
  '/etc/coredns/all/..data/x.server': '',
  '/etc/coredns/deep/one/conf': 'one',
  '/etc/coredns/deep/two/conf': 'two',
  '/etc/coredns/deep/two/other': 'other',
  '/etc/coredns/empty': '# nothing\n',
  '/etc/coredns/properties': 'lameduck 5s\n',
  '/etc/coredns/keys': 'a b',
  '/etc/coredns/snippets': '(s) {\n whoami\n}\n',
  '/etc/coredns/self': 'log\nimport self\n',
  '/etc/coredns/broken': '\nlog }\n',
  '/etc/coredns/s': 'from-the-file',
  '/srv/a+b (c)': 'odd',
}
const variables = { DIR: 'custom', NONE: '' }

const cases: readonly { title: string; text: string; blocks: readonly string[]; warnings?: readonly string[] }[] = [
  // Files.
  {
    title: 'a file among directives',
    text: '. {\n debug\n import custom/b.override\n loop\n}',
    blocks: ['dns://.:53 { debug; cache 30; loop }'],
  },
  {
    title: 'a file at top level',
    text: '. {\n}\nimport custom/x.server\nz {\n}',
    blocks: ['dns://.:53 {}', 'dns://x.:53 { cache 30 }', 'dns://y.:53 {}', 'dns://z.:53 {}'],
  },
  {
    title: "a file in a directive's block",
    text: '. {\n health {\n  import properties\n  x\n }\n}',
    blocks: ['dns://.:53 { health { lameduck 5s; x } }'],
  },
  {
    title: 'a file twice in a row',
    text: '. {\n health {\n  import properties\n  import properties\n }\n}',
    blocks: ['dns://.:53 { health { lameduck 5s; lameduck 5s } }'],
  },
  { title: 'a file of keys', text: 'import keys\n{\n log\n}', blocks: ['dns://a.:53 dns://b.:53 { log }'] },
  {
    title: 'an empty file',
    text: 'import empty\n. {\n import empty\n log\n}\nimport empty\n',
    blocks: ['dns://.:53 { log }'],
  },
  {
    title: 'an absolute path',
    text: '. {\n import /etc/coredns/custom/b.override\n}',
    blocks: ['dns://.:53 { cache 30 }'],
  },
  {
    title: 'a path with dots',
    text: '. {\n import custom/../custom/./b.override\n}',
    blocks: ['dns://.:53 { cache 30 }'],
  },
  { title: 'a quoted path', text: '. {\n import "/srv/a+b (c)"\n}', blocks: ['dns://.:53 { odd }'] },
  {
    title: 'a path from the environment',
    text: '. {\n import {$DIR}/b.override\n}',
    blocks: ['dns://.:53 { cache 30 }'],
  },
  // Globs.
  {
    title: 'a glob, in lexical order, dot files too',
    text: '. {\n import custom/*.override\n}',
    blocks: ['dns://.:53 { debug; log; errors { stacktrace }; cache 30 }'],
  },
  { title: 'an absolute glob', text: '. {\n import /etc/coredns/custom/b*\n}', blocks: ['dns://.:53 { cache 30 }'] },
  {
    title: 'one character',
    text: '. {\n import custom/?.override\n}',
    blocks: ['dns://.:53 { log; errors { stacktrace }; cache 30 }'],
  },
  { title: 'both wildcards', text: 'import custom/?.s*r', blocks: ['dns://x.:53 { cache 30 }', 'dns://y.:53 {}'] },
  {
    title: 'a wildcard for a directory',
    text: '. {\n import deep/*/conf\n import deep/*/other\n}',
    blocks: ['dns://.:53 { one; two; other }'],
  },
  { title: 'other characters are literal', text: '. {\n import /srv/a+b*(c)\n}', blocks: ['dns://.:53 { odd }'] },
  {
    title: 'nothing matches',
    text: '. {\n import custom/*.none\n log\n}\nimport none/*.server',
    blocks: ['dns://.:53 { log }'],
    warnings: [
      'No files matching import glob pattern: custom/*.none',
      'No files matching import glob pattern: none/*.server',
    ],
  },
  {
    title: 'nothing matches at all',
    text: 'import none/*',
    blocks: ['dns://.:53 { whoami; log }'],
    warnings: ['No files matching import glob pattern: none/*'],
  },
  // Snippets.
  { title: 'a snippet', text: '(t) {\n log\n errors\n}\n. {\n import t\n}', blocks: ['dns://.:53 { log; errors }'] },
  { title: 'a snippet goes before a file', text: '(s) {\n log\n}\n. {\n import s\n}', blocks: ['dns://.:53 { log }'] },
  {
    title: 'not before it is defined',
    text: '. {\n import s\n}\n(s) {\n log\n}',
    blocks: ['dns://.:53 { from-the-file }'],
  },
  { title: 'an empty snippet', text: '(t) { }\n. {\n import t\n log\n}', blocks: ['dns://.:53 { log }'] },
  {
    title: 'a snippet on one line',
    text: '(t) { cache 30 }\n. {\n import t\n log\n}',
    blocks: ['dns://.:53 { cache 30; log }'],
  },
  {
    title: 'a snippet many times',
    text: '(t) {\n x 1\n}\n. {\n import t\n import t\n}\na {\n import t\n}',
    blocks: ['dns://.:53 { x 1; x 1 }', 'dns://a.:53 { x 1 }'],
  },
  {
    title: "a snippet in a directive's block",
    text: '(t) {\n a\n b c\n}\n. {\n f {\n  import t\n  import t\n }\n}',
    blocks: ['dns://.:53 { f { a; b c; a; b c } }'],
  },
  { title: 'a snippet of whole blocks', text: '(t) {\n a {\n  log\n }\n}\nimport t', blocks: ['dns://a.:53 { log }'] },
  {
    title: 'a snippet in a snippet',
    text: '(t) {\n log\n}\n(u) {\n import t\n errors\n}\n. {\n import u\n f {\n  import u\n }\n}',
    blocks: ['dns://.:53 { log; errors; f { log; errors } }'],
  },
  {
    title: 'a snippet from an imported file',
    text: 'import snippets\n. {\n import s\n}',
    blocks: ['dns://.:53 { whoami }'],
  },
  {
    title: 'environment is resolved at the import',
    text: '(t) {\n f {$DIR}\n}\n. {\n import t\n}',
    blocks: ['dns://.:53 { f custom }'],
  },
]

const errors: readonly { title: string; text: string; error: string }[] = [
  {
    title: 'no argument',
    text: '. {\n import\n}',
    error: "Corefile:2 - Error during parsing: Wrong argument count or unexpected line ending after 'import'",
  },
  {
    title: 'no argument at the end',
    text: 'import',
    error: "Corefile:1 - Error during parsing: Wrong argument count or unexpected line ending after 'import'",
  },
  {
    title: 'two arguments',
    text: '. {\n import s x\n}',
    error: 'Corefile:2 - Error during parsing: Import takes only one argument (glob pattern or file)',
  },
  {
    title: 'an empty argument',
    text: '. {\n import "{$NONE}"\n}',
    error: 'Corefile:2 - Error during parsing: Import requires a non-empty filepath',
  },
  {
    title: 'no such file',
    text: '. {\n\n import {$DIR}/none\n}',
    error: 'Corefile:3 - Error during parsing: File to import not found: custom/none',
  },
  {
    title: 'a directory',
    text: 'import custom',
    error: 'Corefile:1 - Error during parsing: Could not import /etc/coredns/custom: is a directory',
  },
  {
    title: 'a directory by a glob, as of a ConfigMap',
    text: 'import all/*',
    error: 'Corefile:1 - Error during parsing: Could not import /etc/coredns/all/..data: is a directory',
  },
  {
    title: 'two wildcards',
    text: 'import */*',
    error:
      'Corefile:1 - Error during parsing: Glob pattern may only contain one wildcard (*), but has others: /etc/coredns/*/*',
  },
  {
    title: 'two single wildcards',
    text: 'import ??',
    error:
      'Corefile:1 - Error during parsing: Glob pattern may only contain one wildcard (*), but has others: /etc/coredns/??',
  },
  {
    title: 'a range',
    text: 'import [a]',
    error:
      'Corefile:1 - Error during parsing: Glob pattern may only contain one wildcard (*), but has others: /etc/coredns/[a]',
  },
  {
    title: 'half a range',
    text: 'import [a*',
    error: 'Corefile:1 - Error during parsing: Failed to use import pattern [a*: syntax error in pattern',
  },
  {
    title: 'the other half of a range, which matches nothing',
    text: '. {\n import a]\n}\nimport none',
    error: 'Corefile:4 - Error during parsing: File to import not found: none',
  },
  {
    title: 'an error in the imported file',
    text: '. {\n import broken\n}',
    error: "broken:2 - Error during parsing: Unexpected '}' because no matching opening brace",
  },
  {
    title: 'an unknown name',
    text: '. {\n import nope\n}',
    error: 'Corefile:2 - Error during parsing: File to import not found: nope',
  },
  {
    title: 'a snippet twice',
    text: '(t) {\n}\n(t) {\n}',
    error: 'Corefile:3 - Error during parsing: redeclaration of previously declared snippet t',
  },
  {
    title: 'a snippet of itself',
    text: '(t) {\n log\n import t\n}',
    error: 'Corefile:4 - Error during parsing: maximum snippet import depth (10000) exceeded',
  },
  {
    title: 'snippets in a circle',
    text: '(t) {\n import u\n}\n(u) {\n import t\n}\n. {\n import t\n}',
    error: 'Corefile:5 - Error during parsing: maximum snippet import depth (10000) exceeded',
  },
  {
    title: 'files in a circle',
    text: '. {\n import self\n}',
    error: 'self:2 - Error during parsing: maximum file import depth (10000) exceeded',
  },
]

describe('corefile: imports', () => {
  for (const { title, text, blocks, warnings = [] } of cases) {
    it(title, () => {
      const io = memoryIo(files, variables)
      expect(outline(parseCorefile(text, '/etc/coredns/Corefile', io))).to.deep.equal(blocks)
      expect(io.warnings).to.deep.equal(warnings)
    })
  }

  for (const { title, text, error } of errors) {
    it(`${title}: ${error}`, () => {
      expect(() => parseCorefile(text, '/etc/coredns/Corefile', memoryIo(files, variables)))
        .to.throw(CorefileError)
        .with.property('message', `/etc/coredns/${error}`)
    })
  }

  it('says of an imported directive where it is written', () => {
    const { serverBlocks } = parseCorefile(
      '. {\n import custom/*.override\n}',
      '/etc/coredns/Corefile',
      memoryIo(files),
    )
    const places = serverBlocks.flatMap(({ directives }) => directives.map(({ file, line }) => `${file}:${line}`))
    expect(places).to.deep.equal([
      '/etc/coredns/custom/.hidden.override:1',
      '/etc/coredns/custom/a.override:1',
      '/etc/coredns/custom/a.override:2',
      '/etc/coredns/custom/b.override:1',
    ])
  })

  it('reads a file once, however often it is imported', () => {
    const io = memoryIo(files)
    const read: string[] = []
    const readText = (path: string) => {
      read.push(path)
      return io.readText(path)
    }
    parseCorefile('. {\n import s\n import s\n}', '/etc/coredns/Corefile', { ...io, readText })
    expect(read).to.deep.equal(['/etc/coredns/s'])
  })

  it('says why a file cannot be read', () => {
    const io = memoryIo(files)
    const readText = () => {
      throw new Error('EACCES: permission denied')
    }
    expect(() => parseCorefile('import s', '/etc/coredns/Corefile', { ...io, readText })).to.throw(
      CorefileError,
      'Could not import /etc/coredns/s: EACCES: permission denied',
    )
  })
})
