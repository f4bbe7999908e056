import { expect } from 'chai'
import { originOf } from '../../../src/plugins/auto/origin.ts'
import { compileRegex } from '../../../src/util/regex.ts'

describe('auto: what zone a file is of', () => {
  const cases: readonly [name: string, pattern: string, template: string, origin: string | undefined][] = [
    ['db.example.org', 'db\\.(.*)', '{1}', 'example.org'],
    ['db.example.org.', 'db\\.(.*)', '{1}', 'example.org.'],
    ['old.db.example.org', 'db\\.(.*)', '{1}', 'example.org'],
    ['example.org', 'db\\.(.*)', '{1}', undefined],
    ['db.', 'db\\.(.*)', '{1}', undefined],
    ['example.org.zone', '(.*)\\.zone', '{1}', 'example.org'],
    ['example.org.zone.bak', '^(.*)\\.zone$', '{1}', undefined],
    ['org-example', '(.*)-(.*)', '{2}.{1}', 'example.org'],
    ['db.a', 'db\\.(.*)', '{1}.example.org', 'a.example.org'],
    ['db.a', 'db\\.(?P<zone>.*)', '{zone}.org', 'a.org'],
    ['db.a', 'db\\.(?P<zone>.*)', '$zone', 'a'],
    ['db.a', 'db\\.(.*)', '$1', 'a'],
    ['db.a', 'db\\.(.*)', '$1x', undefined],
    ['db.a', 'db\\.(.*)', '{0}', 'db.a'],
    ['db.a', 'db\\.(.*)', '{2}', undefined],
    ['db.a', 'db\\.(.*)', '{none}.org', '.org'],
    ['db.a', 'db\\.(.*)', '$$.{1', '$.$' + '{1'],
    ['db.a', '(x)?db\\.(.*)', '{1}{2}', 'a'],
    ['anything', '(.*)', 'fixed.test', 'fixed.test'],
  ]
  for (const [name, pattern, template, origin] of cases) {
    it(`${name}, ${pattern} ${template}: ${origin}`, () => {
      expect(originOf(name, { pattern: compileRegex(pattern), template })).to.equal(origin)
    })
  }
})
