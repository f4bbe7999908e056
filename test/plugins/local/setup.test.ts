import { testSetup, wrongCount } from '../../support/setup.ts'

describe('local: setup', () => {
  testSetup([
    { text: 'local' },
    { text: 'local {\nlocalhost_prefix on\n}' },
    { text: 'local {\nlocalhost_prefix off\n}\nlocal' },
    { text: 'local example.org', error: wrongCount('example.org') },
    { text: 'local {\nlocalhost_prefix\n}', line: 4, error: wrongCount('localhost_prefix') },
    { text: 'local {\nlocalhost_prefix on off\n}', line: 4, error: wrongCount('off') },
    { text: 'local {\nlocalhost_prefix no\n}', line: 4, error: `localhost_prefix expects 'on' or 'off', got "no"` },
    { text: 'local {\nprefix on\n}', line: 4, error: "unknown property 'prefix'" },
  ])
})
