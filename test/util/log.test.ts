import { expect } from 'chai'
import { createLogger, type LogLevel, logLevels } from '../../src/util/log.ts'

const cases: readonly { threshold: LogLevel; written: string[] }[] = [
  { threshold: 'debug', written: ['[DEBUG] a debug', '[INFO] a info', '[WARNING] a warning', '[ERROR] a error'] },
  { threshold: 'info', written: ['[INFO] a info', '[WARNING] a warning', '[ERROR] a error'] },
  { threshold: 'warning', written: ['[WARNING] a warning', '[ERROR] a error'] },
  { threshold: 'error', written: ['[ERROR] a error'] },
]

describe('util: the log', () => {
  for (const { threshold, written } of cases) {
    it(`from ${threshold} on: ${written.join(', ')}`, () => {
      const lines: string[] = []
      const log = createLogger((line) => lines.push(line), threshold)
      for (const level of logLevels) log[level](`a ${level}`)
      expect(lines).to.deep.equal(written)
    })
  }

  it('asks for a threshold that may change with each line', () => {
    const lines: string[] = []
    let threshold: LogLevel = 'info'
    const log = createLogger(
      (line) => lines.push(line),
      () => threshold,
    )
    log.debug('one')
    threshold = 'debug'
    log.debug('two')
    expect(lines).to.deep.equal(['[DEBUG] two'])
  })
})
