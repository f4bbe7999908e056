import { targetCodec } from './target.ts'

/** RFC 1035 section 3.3.12. */
export const ptr = targetCodec('PTR', 'domain')
