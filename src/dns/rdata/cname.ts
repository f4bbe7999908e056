import { targetCodec } from './target.ts'

/** RFC 1035 section 3.3.1. */
export const cname = targetCodec('CNAME', 'domain')
