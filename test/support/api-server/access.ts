import type { IncomingMessage } from 'node:http'
import { TLSSocket } from 'node:tls'
import { applies, type Match, type Verb } from './faults.ts'
import type { Target } from './resources.ts'
import { forbidden, unauthorized } from './status.ts'

/** Whom bearer tokens are of, unless told otherwise: the ServiceAccount of the Pods that we are made for. */
export const defaultUser = 'system:serviceaccount:kube-system:coredns'

/** Who may do what: authentication by token or certificate, and rules that forbid. */
export class Access {
  /** May be changed at any time; requests that are open stay open, as with the real one. */
  readonly tokens: Set<string>
  /** Whether a request without credentials is one of `system:anonymous`. */
  anonymous: boolean
  readonly #user: string
  #rules: Match[] = []

  constructor(options: { readonly tokens: Iterable<string>; readonly user: string; readonly anonymous: boolean }) {
    this.tokens = new Set(options.tokens)
    this.#user = options.user
    this.anonymous = options.anonymous
  }

  forbid(rule: Match): void {
    this.#rules.push(rule)
  }

  /** Takes back what was forbidden in the same words; without a rule, all of it. */
  permit(rule?: Match): void {
    const isSame = (each: Match) => each.resource === rule?.resource && each.verb === rule?.verb
    this.#rules = rule === undefined ? [] : this.#rules.filter((each) => !isSame(each))
  }

  /**
   * The name of the user.
   *
   * Wrong credentials are refused also where none are needed: Kubernetes documentation, Authenticating, Anonymous
   * requests. Where nobody has a token or a certificate, any is good.
   *
   * @throws StatusError 401
   */
  authenticate(request: IncomingMessage): string {
    const { authorization } = request.headers
    const [, token] = /^bearer\s+(.*)$/i.exec(authorization ?? '') ?? []
    const certified = certificateUser(request)
    if (certified !== undefined) return certified
    if (token === undefined && this.anonymous) return 'system:anonymous'
    const isGood = token !== undefined && (this.tokens.has(token) || (this.anonymous && this.tokens.size === 0))
    if (!isGood) throw unauthorized()
    return this.#user
  }

  /** @throws StatusError 403 */
  authorize(user: string, verb: Verb, { resource, namespace, name }: Target): void {
    if (!this.#rules.some((rule) => applies(rule, resource.name, verb))) return
    throw forbidden({ user, verb, resource, namespace, name })
  }
}

/**
 * The common name of a client certificate: Kubernetes documentation, Authenticating, X509 client certificates.
 *
 * @throws StatusError 401 for one that our authority has not signed
 */
function certificateUser({ socket }: IncomingMessage): string | undefined {
  if (!(socket instanceof TLSSocket)) return undefined
  const { subject } = socket.getPeerCertificate() ?? {}
  if (subject === undefined) return undefined
  if (!socket.authorized) throw unauthorized()
  return String(subject.CN)
}
