import { expect } from 'chai'
import fc from 'fast-check'
import { type ClusterObject, type Kind, keyOf, kinds, type ObjectKey } from '../../src/cluster/model.ts'
import { ClusterStore } from '../../src/cluster/store.ts'
import { addressTag, importTag, namespaceTag, serviceTag, type Tag } from '../../src/cluster/tags.ts'
import { namespace, service, serviceImport, slice } from './objects.ts'

// Few of each, so that objects meet: names are reused, addresses shared, slices change their Service and ServiceImport.
const namespaceNames = ['a', 'b']
const objectNames = ['x', 'y', 'z']
const addresses = ['10.0.0.1', '10.0.0.2', 'fd00::1']

const inNamespace = fc.constantFrom(...namespaceNames)
const named = fc.constantFrom(...objectNames)
const some = fc.uniqueArray(fc.constantFrom(...addresses), { maxLength: 2 })
const labels = fc.constantFrom<Record<string, string>>({}, { app: 'one' })

const anEndpoint = fc.record({
  addresses: fc.uniqueArray(fc.constantFrom(...addresses), { minLength: 1, maxLength: 2 }),
  ready: fc.boolean(),
  serving: fc.boolean(),
  terminating: fc.constant(false),
})

/** What a slice belongs to: a Service, a ServiceImport, both or neither. */
const aMembership = fc.record(
  { serviceName: named, importName: named, clusterId: fc.constantFrom('east', 'west') },
  { requiredKeys: [] },
)

const object: fc.Arbitrary<ClusterObject> = fc.oneof(
  fc.tuple(inNamespace, labels).map(([name, labels]) => namespace(name, { labels })),
  fc
    .tuple(inNamespace, named, some, labels)
    .map(([space, name, clusterIPs, labels]) => service(space, name, { clusterIPs, labels })),
  fc
    .tuple(inNamespace, named, aMembership, fc.array(anEndpoint, { maxLength: 3 }))
    .map(([space, name, membership, endpoints]) => slice(space, name, { endpoints, ...membership })),
  fc
    .tuple(inNamespace, named, some, fc.boolean())
    .map(([space, name, ips, headless]) => serviceImport(space, name, { ips, headless })),
  fc
    .tuple(inNamespace, named, some)
    .map(([namespace, name, podIPs]) => ({ kind: 'Pod', namespace, name, labels: {}, podIPs }) as const),
)

type Command =
  | { readonly do: 'put'; readonly object: ClusterObject }
  | { readonly do: 'remove'; readonly key: ObjectKey }
  | { readonly do: 'replace'; readonly kinds: readonly Kind[]; readonly objects: readonly ClusterObject[] }

const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 4, arbitrary: object.map((object) => ({ do: 'put', object }) as const) },
  { weight: 2, arbitrary: object.map((key) => ({ do: 'remove', key }) as const) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.uniqueArray(fc.constantFrom(...kinds)), fc.uniqueArray(object, { maxLength: 8, selector: identity }))
      .map(([chosen, objects]) => {
        const ofKinds = objects.filter(({ kind }) => chosen.includes(kind))
        return { do: 'replace', kinds: chosen, objects: ofKinds } as const
      }),
  },
)

function identity(object: ObjectKey): string {
  return `${object.kind} ${keyOf(object)}`
}

function apply(store: ClusterStore, command: Command): void {
  if (command.do === 'put') store.put(command.object)
  else if (command.do === 'remove') store.remove(command.key)
  else store.replace(command.kinds, command.objects)
}

/** What the commands leave, worked out without the store. */
function applyToModel(model: Map<string, ClusterObject>, command: Command): void {
  if (command.do === 'put') model.set(identity(command.object), command.object)
  if (command.do === 'remove') model.delete(identity(command.key))
  if (command.do !== 'replace') return
  for (const [key, { kind }] of model) if (command.kinds.includes(kind)) model.delete(key)
  for (const object of command.objects) model.set(identity(object), object)
}

/** The result of every look-up there is, under the tag that an answer made from it would carry. */
function lookUps(store: ClusterStore): Map<Tag, unknown> {
  const results = new Map<Tag, unknown>()
  for (const space of namespaceNames) {
    results.set(namespaceTag(space), store.namespace(space))
    for (const name of objectNames) {
      results.set(serviceTag(space, name), { service: store.service(space, name), slices: store.slicesOf(space, name) })
      results.set(importTag(space, name), {
        import: store.serviceImport(space, name),
        slices: store.slicesOfImport(space, name),
      })
    }
  }
  for (const address of addresses) {
    const services = store.servicesAt(address)
    results.set(addressTag(address), { services, slices: store.slicesAt(address), pods: store.podsAt(address) })
  }
  return results
}

const everything = (store: ClusterStore) => ({
  lookUps: lookUps(store),
  lists: kinds.map((kind) => store.list(kind)),
  addresses: new Set(store.addresses()),
})

const newStore = () => new ClusterStore({ now: () => 0 })

describe('ClusterStore: properties', () => {
  const commands = fc.array(command, { maxLength: 30 })

  it('any changes in any order leave what a fresh load of the end state gives', () => {
    fc.assert(
      fc.property(commands, (sequence) => {
        const store = newStore()
        const model = new Map<string, ClusterObject>()
        for (const each of sequence) {
          apply(store, each)
          applyToModel(model, each)
        }
        const fresh = newStore()
        fresh.replace(kinds, [...model.values()])
        expect(everything(store)).to.deep.equal(everything(fresh))
      }),
      { numRuns: 300 },
    )
  })

  it('objects put in any order are one state', () => {
    const shuffled = fc
      .uniqueArray(object, { selector: identity, maxLength: 12 })
      .chain((objects) => fc.tuple(fc.constant(objects), fc.shuffledSubarray(objects, { minLength: objects.length })))
    fc.assert(
      fc.property(shuffled, ([objects, others]) => {
        const [left, right] = [newStore(), newStore()]
        for (const each of objects) left.put(each)
        for (const each of others) right.put(each)
        expect(everything(left)).to.deep.equal(everything(right))
      }),
      { numRuns: 200 },
    )
  })

  it('a change event names the tag of every look-up whose result is another; no event, no change', () => {
    fc.assert(
      fc.property(commands, (sequence) => {
        const store = newStore()
        let touched: ReadonlySet<Tag> = new Set()
        store.onChange(({ tags }) => {
          touched = tags
        })
        for (const each of sequence) {
          const before = everything(store)
          touched = new Set()
          apply(store, each)
          const after = everything(store)
          const different = [...after.lookUps].filter(([tag, result]) => !same(before.lookUps.get(tag), result))
          expect([...touched]).to.include.members(different.map(([tag]) => tag))
          if (!same(before.lists, after.lists)) expect([...touched]).to.include('any')
          if (touched.size === 0) expect(after).to.deep.equal(before)
        }
      }),
      { numRuns: 300 },
    )
  })
})

function same(left: unknown, right: unknown): boolean {
  return JSON.stringify(left) === JSON.stringify(right)
}
