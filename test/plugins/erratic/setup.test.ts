import { type SetupCase, testSetup, wrongCount } from '../../support/setup.ts'

const inBlock = (line: string, error?: string): SetupCase => ({
  text: `erratic {\n${line}\n}`,
  line: 4,
  ...(error !== undefined && { error }),
})
const notANumber = (text: string) => `strconv.ParseInt: parsing "${text}": invalid syntax`

describe('erratic: setup', () => {
  testSetup([
    { text: 'erratic' },
    { text: 'erratic {\ndrop\ntruncate 3\ndelay 3 50ms\nlarge\n}' },
    inBlock('drop +5'),
    { text: 'erratic now', error: wrongCount('now') },
    inBlock('drop 1 2', wrongCount('2')),
    inBlock('truncate 1 2', wrongCount('2')),
    inBlock('delay 1 2s 3', wrongCount('3')),
    inBlock('large 1', wrongCount('1')),
    inBlock('drop x', notANumber('x')),
    inBlock('truncate 1.5', notANumber('1.5')),
    inBlock('delay 2s', notANumber('2s')),
    inBlock('drop 2147483648', 'strconv.ParseInt: parsing "2147483648": value out of range'),
    inBlock('drop -1', 'illegal amount value given "-1"'),
    inBlock('delay 1 2', 'time: missing unit in duration "2"'),
    inBlock('lose 1', "unknown property 'lose'"),
  ])
})
