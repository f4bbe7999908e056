/**
 * autopath: walks a client's search path on its behalf, so that it need not ask for one candidate after the other.
 *
 * A name at or below the first element of the path was made by the client's resolver. If there is no such name, the
 * other candidates are asked of the plugins below, and the first that exists is the answer, behind a CNAME.
 */
import { TYPE } from '../../dns/iana.ts'
import {
  formatLabels,
  isSubdomain,
  type Label,
  labelsBelow,
  labelsOf,
  longestZone,
  type Name,
  root,
  tryParseName,
} from '../../dns/name.ts'
import type { RRset } from '../../dns/record.ts'
import { NoNextPluginError } from '../../plugin/chain.ts'
import {
  type Answer,
  askingFor,
  bothValid,
  counting,
  type Handler,
  isRelayed,
  type Next,
  type Query,
  unpack,
} from '../../plugin/handler.ts'
import type { Offers } from '../../plugin/offers.ts'
import { type MaybePromise, mapMaybe } from '../../util/maybe-promise.ts'
import type { AutopathConfig, PathConfig } from './config.ts'
import * as reasons from './reasons.ts'

export interface AutopathContext {
  /** The search paths of clients: made after this plugin is set up, so they are read at each query. */
  readonly offers: Pick<Offers, 'searchPaths'>
  /**
   * Hears of each query whose search path led to a name, as in CoreDNS also where its first element has it.
   *
   * What is there for every client is answered from memory, where nobody asks any more who has such a path: it counts
   * too.
   */
  readonly found: () => void
}

export function autopath({ zones, path }: AutopathConfig, { offers, found }: AutopathContext): Handler {
  return {
    name: 'autopath',
    serve(query, next) {
      // A zone is asked for by its name, and so is the target of a CNAME: nobody put a search path behind it.
      const isWhole = query.qtype === TYPE.AXFR || query.qtype === TYPE.IXFR || query.via.length > 0
      if (isWhole || longestZone(query.qname, zones) === undefined) return next(query)
      const way = wayOf(path, offers, query)
      if (way === undefined) return next(query)
      return mapMaybe(next(query), (first) => {
        if (!isAbsent(first)) return way.candidates.length === 0 ? first : counting(first, found)
        const answer = walk(first, { query, next, candidates: way.candidates, found })
        return way.isForAll ? answer : mapMaybe(answer, (own) => ({ ...own, validity: { kind: 'once' } }))
      })
    },
  }
}

interface Way {
  /** What to ask for, after the name itself. */
  readonly candidates: readonly Name[]
  /** Every client has this way, so the answer may be kept for all. */
  readonly isForAll: boolean
}

/** Undefined: the name is answered as it is, for every client. */
function wayOf(path: PathConfig, { searchPaths }: Pick<Offers, 'searchPaths'>, query: Query): Way | undefined {
  const { qname } = query
  if (path.kind === 'fixed') {
    const candidates = candidatesOf([...path.search, root], qname)
    return candidates.length === 0 ? undefined : { candidates, isForAll: true }
  }
  const source = searchPaths.get(path.plugin)
  if (source === undefined || !source.concerns(qname)) return undefined
  const own = source.searchPathOf(query.client.address, qname)
  const candidates = own === undefined ? [] : candidatesOf([...own, ...path.further, root], qname)
  return { candidates, isForAll: false }
}

/**
 * The names that a resolver with this search path would go on to, after `name`; none if it did not make that.
 *
 * Nothing is left of the first element itself without that element, so it is no candidate (CoreDNS: SERVFAIL).
 */
function candidatesOf([first = root, ...others]: readonly Name[], name: Name): Name[] {
  if (name === first || !isSubdomain(name, first)) return []
  const base = labelsBelow(name, first)
  return others.flatMap((element) => join(base, element) ?? [])
}

/** Undefined where it is too long for a name. */
function join(base: readonly Label[], element: Name): Name | undefined {
  return tryParseName(formatLabels([...base, ...labelsOf(element)]))
}

interface Walk {
  readonly query: Query
  readonly next: Next
  readonly candidates: readonly Name[]
  readonly found: () => void
}

/** The first candidate that exists, or else `first`; it holds as long as what all those before it were answered. */
function walk(first: Answer, { query, next, candidates, found: count }: Walk): MaybePromise<Answer> {
  return tryFrom(0, first.validity)

  function tryFrom(index: number, validity: Answer['validity']): MaybePromise<Answer> {
    const candidate = candidates[index]
    if (candidate === undefined) {
      const tried = candidates.length === 0 ? [] : [reasons.noCandidate({ candidates })]
      return { ...first, validity, trace: [...tried, ...(first.trace ?? [])] }
    }
    return mapMaybe(askFor(candidate, query, next), (reply) => {
      if (reply === undefined) return tryFrom(index + 1, validity)
      const both = bothValid(validity, reply.validity)
      if (isAbsent(reply)) return tryFrom(index + 1, both)
      const trace = [...(first.trace ?? []), reasons.candidateFound({ candidate }), ...(reply.trace ?? [])]
      const found = unpack(reply)
      return counting({ ...found, answer: behindAlias(query.qname, found.answer), validity: both, trace }, count)
    })
  }
}

/** Undefined: nobody below has anything to say of the name (CoreDNS ends the walk with SERVFAIL). */
function askFor(candidate: Name, query: Query, next: Next): MaybePromise<Answer | undefined> {
  const pass = (error: unknown): undefined => {
    if (!(error instanceof NoNextPluginError)) throw error
  }
  try {
    const reply = next(askingFor(query, candidate))
    return reply instanceof Promise ? reply.catch(pass) : reply
  } catch (error) {
    return pass(error)
  }
}

/** No such name, or no answer at all: as CoreDNS tells what a plugin wrote from a code that it only returned. */
function isAbsent(answer: Answer): boolean {
  const { rcode, authoritative } = answer
  return rcode === 'NXDOMAIN' || (!authoritative && !isRelayed(answer) && failures.includes(rcode))
}

const failures: readonly Answer['rcode'][] = ['SERVFAIL', 'REFUSED', 'FORMERR', 'NOTIMP']

/** The answer to another name as one to `qname`: a CNAME leads from the one to the other. */
function behindAlias(qname: Name, answer: readonly RRset[]): readonly RRset[] {
  const [head] = answer
  if (head === undefined || head.owner === qname) return answer
  return [{ owner: qname, type: 'CNAME', ttl: head.ttl, rdata: [{ target: head.owner }] }, ...answer]
}
