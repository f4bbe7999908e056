import { expect } from 'chai'
import { ClusterStore } from '../../src/cluster/store.ts'
import { parseCorefile } from '../../src/corefile/parser.ts'
import { pluginOrder } from '../../src/plugins/order.ts'
import type { ServerAddress } from '../../src/server/addresses.ts'
import { buildGroups } from '../../src/server/build.ts'
import { tellEnabledPlugins } from '../../src/server/enabled-plugins.ts'
import type { ServerGroup } from '../../src/server/server.ts'
import { systemClock } from '../../src/util/clock.ts'
import { silentLogger } from '../../src/util/log.ts'
import { Metrics } from '../../src/util/metrics.ts'
import { memoryIo } from '../corefile/memory-io.ts'

const directiveNames = pluginOrder.map(({ name }) => name)

function build(text: string, metrics: Metrics, listen: readonly ServerAddress[] = []): readonly ServerGroup[] {
  const corefile = parseCorefile(text, 'Corefile', memoryIo(), { directiveNames })
  const cluster = new ClusterStore(systemClock)
  return buildGroups(corefile, { cluster, log: silentLogger, clock: systemClock, listen, metrics })
}

/** `SERVER ZONE PLUGIN` of all that are told, and the view; each of them is 1. */
function toldOf(metrics: Metrics): string[] {
  const family = metrics.families().find(({ name }) => name === 'coredns_plugin_enabled')
  return [...(family?.series.values() ?? [])].map(({ values: [server, zone, view, name], series }) => {
    expect(series).to.deep.equal({ value: 1 })
    return `${server} ${zone} ${name}${view === '' ? '' : ` ${view}`}`
  })
}

describe('coredns_plugin_enabled', () => {
  it('tells the links of each chain that has prometheus, at the first zone of its block', () => {
    const metrics = new Metrics()
    tellEnabledPlugins(
      build(
        'a.test b.test:5353 {\nprometheus\nhealth\nready\nmetadata\nlog\nerrors\nwhoami\n}\nc.test {\nerrors\nwhoami\n}\n',
        metrics,
      ),
    )
    const names = ['metadata', 'prometheus', 'errors', 'log', 'whoami']
    expect(toldOf(metrics)).to.deep.equal(names.map((name) => `dns://:53 a.test. ${name}`))
  })

  it('tells those of each view', () => {
    const metrics = new Metrics()
    const views = ['first', 'second'].map((name) => `a.test {\nprometheus\nview ${name}\n}\n`)
    tellEnabledPlugins(build(`${views.join('')}a.test {\nprometheus\nwhoami\n}\n`, metrics))
    expect(toldOf(metrics)).to.deep.equal([
      'dns://:53 a.test. prometheus first',
      'dns://:53 a.test. view first',
      'dns://:53 a.test. prometheus second',
      'dns://:53 a.test. view second',
      'dns://:53 a.test. prometheus',
      'dns://:53 a.test. whoami',
    ])
  })

  it('tells them at each address of the block', () => {
    const metrics = new Metrics()
    const bound = 'a.test:5300 {\nbind 127.0.0.1 127.0.0.2\nprometheus\nwhoami\n}\n'
    tellEnabledPlugins(build(bound, metrics))
    expect(toldOf(metrics)).to.have.members([
      'dns://127.0.0.1:5300 a.test. prometheus',
      'dns://127.0.0.1:5300 a.test. whoami',
      'dns://127.0.0.2:5300 a.test. prometheus',
      'dns://127.0.0.2:5300 a.test. whoami',
    ])
    const both = new Metrics()
    const listen = ['127.0.0.1', '127.0.0.2'].map((address) => ({ scheme: 'dns', address, port: 5300 }) as const)
    tellEnabledPlugins(build('a.test {\nprometheus\nwhoami\n}\n', both, listen))
    expect(toldOf(both)).to.have.members(toldOf(metrics))
  })

  it('forgets what is served no longer', () => {
    const metrics = new Metrics()
    tellEnabledPlugins(build('. {\nprometheus\nerrors\nwhoami\n}\n', metrics))
    tellEnabledPlugins(build('. {\nprometheus\nwhoami\n}\n', metrics))
    expect(toldOf(metrics)).to.deep.equal(['dns://:53 . prometheus', 'dns://:53 . whoami'])
    tellEnabledPlugins(build('. {\nwhoami\n}\n', metrics))
    expect(toldOf(metrics)).to.deep.equal([])
  })
})
