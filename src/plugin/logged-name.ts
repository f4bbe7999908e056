import type { Name } from '../dns/name.ts'

/**
 * A name as CoreDNS writes it in its log: with a backslash before whatever means something in a zone file.
 *
 * A quote in a name then ends no quotes around it.
 */
export function loggedName(name: Name): string {
  if (!special.test(name)) return name
  return name.replace(/\\(\d{3}|.)|['@;()"]/g, (found: string, escaped?: string) => {
    if (escaped === undefined) return `\\${found}`
    return escaped === space ? '\\ ' : found
  })
}

const special = /['@;()"]|\\032/

/** As it stands in a Name. */
const space = '032'
