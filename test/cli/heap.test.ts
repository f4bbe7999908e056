import { execFileSync } from 'node:child_process'
import { expect } from 'chai'
import { smallHeapFlags } from '../../src/cli/heap.ts'

describe('the flags that keep the heap small', () => {
  const known = execFileSync(process.execPath, ['--v8-options'], { encoding: 'utf8' })
  for (const flag of smallHeapFlags) {
    it(`are known to V8, which passes over those that are not: ${flag}`, () => {
      expect(known).to.match(new RegExp(`^  ${flag.replace(/=.*/, '')} \\(`, 'm'))
    })
  }
})
