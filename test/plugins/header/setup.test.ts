import { type SetupCase, testSetup, wrongCount } from '../../support/setup.ts'

const inBlock = (line: string, error: string): SetupCase => ({
  text: `header {\n${line}\n}`,
  line: 4,
  error: `setting up rule: ${error}`,
})

describe('header: setup', () => {
  testSetup([
    { text: 'header {\nresponse set aa ra rd\nquery clear rd\n}' },
    { text: 'header', error: wrongCount('header') },
    { text: 'header {\n}', error: wrongCount('header') },
    { text: 'header response set aa', error: wrongCount('aa') },
    inBlock('answer set aa', 'invalid selector=answer should be query or response'),
    inBlock('set aa', 'invalid selector=set should be query or response'),
    inBlock('response', 'no flag action provided'),
    inBlock('response set', 'invalid length for flags, at least one should be provided'),
    inBlock('query toggle rd', 'unknown flag action=toggle, should be set or clear'),
    inBlock('query set TC', 'unknown/unsupported flag=tc'),
  ])
})
