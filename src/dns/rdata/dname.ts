import type { RdataByType } from '../record.ts'
import { formatName } from '../text/words.ts'
import { octetsOfName, writeFullName } from '../wire/write-name.ts'
import type { RdataCodec } from './codec.ts'
import { parseSoleName } from './target.ts'

/** RFC 6672 section 2.1. The target "must not be sent in compressed form" (section 2.5). */
export const dname: RdataCodec<RdataByType['DNAME']> = {
  size: ({ target }) => octetsOfName(target),
  read: (reader) => ({ target: reader.name() }),
  write: ({ target }, writer) => writeFullName(target, writer),
  format: ({ target }) => formatName(target),
  parse: (words, origin) => ({ target: parseSoleName('DNAME', words, origin) }),
}
