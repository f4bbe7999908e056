import { expect } from 'chai'
import { buildCorefile } from '../../support/serve.ts'
import { testSetup, wrongCount } from '../../support/setup.ts'

const block = (line: string) => `errors {\n${line}\n}`

describe('errors: setup', () => {
  testSetup([
    { text: 'errors' },
    { text: 'errors stdout' },
    { text: 'errors errors.txt', error: 'invalid log file: errors.txt' },
    { text: 'errors stdout more', error: wrongCount('more') },
    { text: 'errors\nerrors', line: 4, error: 'this plugin can only be used once per Server Block' },
    { text: block('stacktrace') },
    { text: block('stacktrace x'), line: 4, error: wrongCount('x') },
    { text: block('stacktraces'), line: 4, error: "unknown property 'stacktraces', did you mean 'stacktrace'?" },
    { text: block('consolidate 1m ^exact$') },
    { text: block('consolidate 1m "format error"\nconsolidate 5s error2') },
    { text: block('consolidate 1m error show_first') },
    { text: block('consolidate 1m error warning show_first') },
    ...['debug', 'info', 'warning', 'error'].map((level) => ({ text: block(`consolidate 1m error ${level}`) })),
    { text: block('consolidate'), line: 4, error: wrongCount('consolidate') },
    { text: block('consolidate 1m'), line: 4, error: wrongCount('1m') },
    { text: block('consolidate 1m a error show_first b'), line: 4, error: wrongCount('b') },
    { text: block('consolidate abc .*'), line: 4, error: 'time: invalid duration "abc"' },
    { text: block('consolidate 1 .*'), line: 4, error: 'time: missing unit in duration "1"' },
    { text: block('consolidate 1m ())'), line: 4, error: 'error parsing regexp: unexpected ): `())`' },
    { text: block('consolidate 1m error extra'), line: 4, error: 'unknown option in consolidate: extra' },
    {
      text: block('consolidate 1m error info debug'),
      line: 4,
      error: 'multiple log levels specified in consolidate',
    },
    {
      text: block('consolidate 1m error show_first info'),
      line: 4,
      error: 'log level must come before show_first in consolidate',
    },
  ])

  it('takes a regular expression of 10000 octets, and none of more', () => {
    const build = (octets: number) => buildCorefile(`. {\n${block(`consolidate 1m ${'a'.repeat(octets)}`)}\n}\n`)
    expect(() => build(10_000)).not.to.throw()
    expect(() => build(10_001)).to.throw(/regex pattern too long: 10001 > 10000$/)
  })
})
