import { expect } from 'chai'
import { Readiness } from '../../src/admin/readiness.ts'
import type { Monitor, ReadyEndpoint } from '../../src/plugin/endpoint.ts'

/** The plugin of one server block. */
interface Plugin {
  readonly name: string
  isReady: boolean
}

const pluginOf = (name: string, isReady = false): Plugin => ({ name, isReady })

const blockOf = (plugins: readonly Plugin[], monitor: Monitor = 'until-ready'): ReadyEndpoint => ({
  kind: 'ready',
  address: { host: '', port: 8181 },
  monitor,
  probes: plugins.map((plugin) => ({ name: plugin.name, isReady: () => plugin.isReady })),
})

describe('Readiness', () => {
  it('of nobody is given', () => {
    expect(new Readiness([blockOf([])]).notReady()).to.deep.equal([])
  })

  it('names those that are not ready, in order', () => {
    const a = pluginOf('a')
    const readiness = new Readiness([blockOf([pluginOf('b'), a]), blockOf([pluginOf('c', true)])])
    expect(readiness.notReady()).to.deep.equal(['a', 'b'])
    a.isReady = true
    expect(readiness.notReady()).to.deep.equal(['b'])
  })

  it('of several blocks is that of all: a name is told once, until the last is ready', () => {
    const [first, second] = [pluginOf('kubernetes'), pluginOf('kubernetes')]
    const readiness = new Readiness([blockOf([first]), blockOf([second])])
    expect(readiness.notReady()).to.deep.equal(['kubernetes'])
    second.isReady = true
    expect(readiness.notReady()).to.deep.equal(['kubernetes'])
    first.isReady = true
    expect(readiness.notReady()).to.deep.equal([])
  })

  const modes = [
    { monitor: 'until-ready', after: [] },
    { monitor: 'continuously', after: ['erratic'] },
  ] as const
  for (const { monitor, after } of modes) {
    it(`monitored ${monitor}, of a plugin that was ready once`, () => {
      const plugin = pluginOf('erratic')
      const readiness = new Readiness([blockOf([plugin], monitor)])
      expect(readiness.notReady()).to.deep.equal(['erratic'])
      plugin.isReady = true
      expect(readiness.notReady()).to.deep.equal([])
      plugin.isReady = false
      expect(readiness.notReady()).to.deep.equal(after)
    })
  }

  it('is monitored as each block says', () => {
    const [stays, ends] = [pluginOf('a', true), pluginOf('b', true)]
    const readiness = new Readiness([blockOf([stays], 'continuously'), blockOf([ends])])
    expect(readiness.notReady()).to.deep.equal([])
    stays.isReady = false
    ends.isReady = false
    expect(readiness.notReady()).to.deep.equal(['a'])
  })
})
