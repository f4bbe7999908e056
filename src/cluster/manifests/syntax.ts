/**
 * The syntaxes of names in Kubernetes objects (k8s.io/apimachinery/pkg/util/validation).
 */
export interface Syntax {
  test(text: string): boolean
  /** Completes `expected …`. */
  readonly expected: string
}

const label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?'

/** IsDNS1123Label. */
export const dnsLabel = pattern(
  new RegExp(`^${label}$`),
  63,
  "a DNS label: up to 63 of a-z, 0-9 and '-', no '-' at its ends",
)

/** IsDNS1123Subdomain. */
export const dnsSubdomain = pattern(
  new RegExp(`^${label}(\\.${label})*$`),
  253,
  "a DNS name in lower case: up to 253 of a-z, 0-9, '-' and '.'",
)

/** IsDNS1035Label: what the name of a Service has to be. */
export const serviceName = pattern(
  /^[a-z]([-a-z0-9]*[a-z0-9])?$/,
  63,
  "a DNS label that begins with a letter: up to 63 of a-z, 0-9 and '-', no '-' at its end",
)

/** IsValidPortName (IANA_SVC_NAME, RFC 6335 section 5.1), in lower case. */
export const portName: Syntax = {
  test: (text) => text.length <= 15 && /^[a-z0-9]+(-[a-z0-9]+)*$/.test(text) && /[a-z]/.test(text),
  expected: "a port name: up to 15 of a-z, 0-9 and single '-' between them, with a letter among them",
}

/** What a Service of type ExternalName points at: the last dot may be written (ValidateService). */
export const externalName: Syntax = {
  test: (text) => dnsSubdomain.test(withoutLastDot(text)),
  expected: dnsSubdomain.expected,
}

/** IsFullyQualifiedDomainName: an address of an EndpointSlice of type FQDN. */
export const domainName: Syntax = {
  test: (text) => {
    const labels = withoutLastDot(text).split('.')
    return labels.length > 1 && labels.every(dnsLabel.test) && dnsSubdomain.test(labels.join('.'))
  },
  expected: 'a DNS name of two labels or more, in lower case',
}

/** IsQualifiedName: the key of a label. */
export const labelKey: Syntax = {
  test: (text) => {
    const [name, prefix, more] = text.split('/').reverse()
    return more === undefined && labelName.test(name ?? '') && (prefix === undefined || dnsSubdomain.test(prefix))
  },
  expected: "a label key: up to 63 of letters, digits, '-', '_' and '.', with a DNS name and '/' before it at most",
}

/** IsValidLabelValue. */
export const labelValue: Syntax = {
  test: (text) => text === '' || labelName.test(text),
  expected: "up to 63 of letters, digits, '-', '_' and '.', with a letter or digit at both ends",
}

const labelName = pattern(/^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/, 63, '')

function pattern(regexp: RegExp, maxLength: number, expected: string): Syntax {
  return { test: (text) => text.length <= maxLength && regexp.test(text), expected }
}

function withoutLastDot(text: string): string {
  return text.endsWith('.') ? text.slice(0, -1) : text
}
