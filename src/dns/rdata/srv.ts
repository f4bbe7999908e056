import { RdataSyntaxError } from '../errors.ts'
import { parseRelativeName, root } from '../name.ts'
import type { RdataByType } from '../record.ts'
import { formatName } from '../text/words.ts'
import { uncompressedDns2Name } from '../wire/dns2-name.ts'
import { octetsOfName } from '../wire/write-name.ts'
import type { RdataCodec } from './codec.ts'
import { parseInteger } from './integer.ts'

/** RFC 2782. The target is never compressed: "name compression is not to be used for this field". */
export const srv: RdataCodec<RdataByType['SRV']> = {
  names: { at: 6, count: 1 },
  size: ({ target }) => 6 + octetsOfName(target),
  encode: ({ target, ...numbers }) => ({ ...numbers, target: uncompressedDns2Name(target) }),
  decode({ priority = 0, weight = 0, port = 0 }, { names: [target = root] }) {
    return { priority, weight, port, target }
  },
  format: ({ priority, weight, port, target }) => `${priority} ${weight} ${port} ${formatName(target)}`,
  parse(words, origin) {
    const [priority, weight, port, target, ...more] = words
    if (target === undefined || more.length > 0) {
      throw new RdataSyntaxError('SRV', words.join(' '), 'priority, weight, port and target')
    }
    const number = (text: string | undefined) => parseInteger('SRV', text, 0xffff)
    return {
      priority: number(priority),
      weight: number(weight),
      port: number(port),
      target: parseRelativeName(target, origin),
    }
  },
}
