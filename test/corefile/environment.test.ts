import { expect } from 'chai'
import { expandEnvironment } from '../../src/corefile/environment.ts'
import { CorefileError } from '../../src/corefile/errors.ts'
import { memoryIo } from './memory-io.ts'

const { env } = memoryIo(
  {},
  {
    ZONE: 'cluster.local',
    NESTED: '{$ZONE}.',
    PERCENT: '{%ZONE%}',
    DOLLARS: "$& $1 $'",
    SELF: 'x{$SELF}',
    SAME: '{$SAME}',
    LEFT: '{$RIGHT}',
    RIGHT: '{$LEFT}',
  },
)
const at = { file: 'Corefile', line: 7 }

const cases: readonly { title: string; text: string; expanded: string }[] = [
  { title: 'no reference', text: '{common}', expanded: '{common}' },
  { title: 'UNIX form', text: '{$ZONE}', expanded: 'cluster.local' },
  { title: 'Windows form', text: '{%ZONE%}', expanded: 'cluster.local' },
  { title: 'in mid-word, and twice', text: 'a.{$ZONE}:53 {$ZONE}', expanded: 'a.cluster.local:53 cluster.local' },
  { title: 'unset is empty', text: '<{$NOPE}{%NOPE%}>', expanded: '<>' },
  { title: 'values are expanded', text: '{$NESTED}', expanded: 'cluster.local.' },
  { title: 'the Windows form goes first', text: '{%NESTED%}', expanded: 'cluster.local.' },
  { title: 'and is not looked for again', text: '{$PERCENT}', expanded: '{%ZONE%}' },
  { title: 'values are taken literally', text: '{$DOLLARS}', expanded: "$& $1 $'" },
  { title: 'an empty name ends the expansion', text: '{$} {$ZONE}', expanded: '{$} {$ZONE}' },
  { title: 'an empty name of the Windows form', text: '{%} {%%} {%ZONE%}', expanded: '{%} {%%} {%ZONE%}' },
  { title: 'half a reference', text: '{$ZONE', expanded: '{$ZONE' },
  { title: 'a template variable is eaten', text: '{{$x}}', expanded: '{}' },
  { title: 'unless it has blanks', text: '{{ $x }}', expanded: '{{ $x }}' },
]

describe('corefile: expandEnvironment', () => {
  for (const { title, text, expanded } of cases) {
    it(title, () => expect(expandEnvironment({ text, ...at }, env)).to.equal(expanded))
  }

  for (const text of ['{$SELF}', '{$SAME}', '{$LEFT}']) {
    it(`${text} never ends, which is an error`, () => {
      const message = `Corefile:7 - Error during parsing: environment variables in '${text}' name one another without end`
      expect(() => expandEnvironment({ text, ...at }, env)).to.throw(CorefileError, message)
    })
  }
})
