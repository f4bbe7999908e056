import { testSetup, wrongCount } from '../../support/setup.ts'

describe('metadata: setup', () => {
  testSetup([
    { text: 'metadata' },
    { text: 'metadata example.org 10.0.0.0/8' },
    { text: 'metadata {\n}' },
    { text: 'metadata {\nlabels\n}', line: 4, error: wrongCount('labels') },
    { text: 'metadata\nmetadata', line: 4, error: wrongCount('metadata') },
  ])
})
