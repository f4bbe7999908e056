import { testSetup, wrongCount } from '../../support/setup.ts'

describe('bufsize: setup', () => {
  testSetup([
    { text: 'bufsize' },
    { text: 'bufsize 512' },
    { text: 'bufsize 4096' },
    { text: 'bufsize 511', error: wrongCount('511') },
    { text: 'bufsize 4097', error: wrongCount('4097') },
    { text: 'bufsize big', error: wrongCount('big') },
    { text: 'bufsize 512 512', error: wrongCount('512') },
    { text: 'bufsize {\nfoo\n}', line: 4, error: "unknown property 'foo'" },
  ])
})
