import { targetCodec } from './target.ts'

/** RFC 1035 section 3.3.11. */
export const ns = targetCodec('NS', 'ns')
