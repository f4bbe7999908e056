import { setImmediate } from 'node:timers/promises'
import { expect } from 'chai'
import { Reloader } from '../../src/cli/reloader.ts'
import type { ReloadSettings } from '../../src/plugin/settings.ts'
import { messageOf } from '../../src/util/errors.ts'
import { createLogger } from '../../src/util/log.ts'
import { Metrics } from '../../src/util/metrics.ts'
import { ManualTimer } from '../support/manual-timer.ts'

const every30s: ReloadSettings = { intervalMs: 30_000, jitterMs: 0 }
const info = (line: string) => `[INFO] ${line}`
const running = (hash: string) => info(`plugin/reload: Running configuration SHA512 = ${hash}`)

/** A file, and what is done with it: its hash is its first word, its second how often it is looked at again. */
function testReloader({ random = 0.5 }: { random?: number } = {}) {
  const timer = new ManualTimer()
  const metrics = new Metrics()
  const stop = new AbortController()
  const lines: string[] = []
  const file = { text: 'one', isMissing: false }
  const applied: string[] = []
  const answer = { settings: every30s as ReloadSettings | undefined, hold: Promise.resolve() }
  const reloader = new Reloader({
    configuration: {
      readText() {
        if (file.isMissing) throw new Error('it is missing')
        return file.text
      },
      hash(text) {
        if (text.startsWith('unparsable')) throw new Error('no words')
        return text.split(' ')[0] ?? ''
      },
      async apply(text) {
        await answer.hold
        if (text.startsWith('bad') || text.startsWith('unparsable')) throw new Error(`${text}: no good`)
        applied.push(text)
        return answer.settings
      },
    },
    log: createLogger((line) => lines.push(line)),
    describe: messageOf,
    ...{ metrics, timer },
    stop: stop.signal,
    random: () => random,
  })
  return {
    ...{ timer, metrics, lines, file, applied, answer, reloader, stop },
    /** Lets time go by, and all that comes of it be done. */
    async pass(ms: number) {
      timer.pass(ms)
      for (let turn = 0; turn < 3; turn++) await setImmediate()
    },
    take: () => lines.splice(0),
  }
}

describe('Reloader', () => {
  it('says what runs, where it is told to look', () => {
    const { reloader, lines, timer } = testReloader()
    reloader.begin('one', every30s)
    expect(lines).to.deep.equal([running('one')])
    expect(timer.waiting).to.equal(1)
  })

  it('does nothing of itself where it is not', async () => {
    const { reloader, lines, timer } = testReloader()
    reloader.begin('one', undefined)
    expect(lines).to.deep.equal([])
    expect(timer.waiting).to.equal(0)
  })

  it('applies what has changed, once', async () => {
    const { reloader, file, applied, pass, take } = testReloader()
    reloader.begin('one', every30s)
    take()
    await pass(30_000)
    expect(applied).to.deep.equal([])
    file.text = 'one # with a comment'
    await pass(30_000)
    expect(applied, 'of the same words').to.deep.equal([])
    expect(take()).to.deep.equal([])
    file.text = 'two'
    await pass(29_999)
    expect(applied).to.deep.equal([])
    await pass(1)
    expect(applied).to.deep.equal(['two'])
    expect(take()).to.deep.equal([info('Reloading'), running('two'), info('Reloading complete')])
    await pass(90_000)
    expect(applied).to.deep.equal(['two'])
  })

  for (const { random, periodMs } of [
    { random: 0, periodMs: 22_500 },
    { random: 0.5, periodMs: 30_000 },
    { random: 0.99, periodMs: 37_350 },
  ]) {
    it(`looks every ${periodMs} ms, by a jitter of 15 s that drew ${random}`, async () => {
      const { reloader, file, applied, pass } = testReloader({ random })
      reloader.begin('one', { intervalMs: 30_000, jitterMs: 15_000 })
      file.text = 'two'
      await pass(periodMs - 1)
      expect(applied).to.deep.equal([])
      await pass(1)
      expect(applied).to.deep.equal(['two'])
    })
  }

  it('goes by what the new one says of when to look again', async () => {
    const { reloader, file, applied, answer, pass, timer, take } = testReloader()
    reloader.begin('one', every30s)
    answer.settings = { intervalMs: 2_000, jitterMs: 0 }
    file.text = 'two'
    await pass(30_000)
    file.text = 'three'
    answer.settings = undefined
    take()
    await pass(2_000)
    expect(applied).to.deep.equal(['two', 'three'])
    expect(timer.waiting, 'it says nothing of it').to.equal(0)
    expect(take()).to.deep.equal([info('Reloading'), info('Reloading complete')])
  })

  it('does not try again what failed, until it changes', async () => {
    const { reloader, file, applied, pass, take } = testReloader()
    reloader.begin('one', every30s)
    take()
    file.text = 'bad'
    await pass(30_000)
    expect(take()).to.deep.equal([
      info('Reloading'),
      '[ERROR] Restart failed: bad: no good',
      '[ERROR] plugin/reload: Corefile changed but reload failed: starting with listener file descriptors: bad: no good',
    ])
    await pass(60_000)
    expect(take()).to.deep.equal([])
    file.text = 'one'
    await pass(30_000)
    expect(applied, 'back to what runs: that is a change as well').to.deep.equal(['one'])
  })

  it('warns at each look of what has no words', async () => {
    const { reloader, file, pass, take } = testReloader()
    reloader.begin('one', every30s)
    take()
    file.text = 'unparsable'
    await pass(60_000)
    expect(take()).to.deep.equal(Array(2).fill('[WARNING] plugin/reload: Corefile parse failed: no words'))
  })

  it('says nothing of what cannot be read', async () => {
    const { reloader, file, pass, take } = testReloader()
    reloader.begin('one', every30s)
    take()
    file.isMissing = true
    await pass(60_000)
    expect(take()).to.deep.equal([])
  })

  it('counts failures, and knows what was tried last', async () => {
    const { reloader, file, metrics, pass } = testReloader()
    reloader.begin('one', every30s)
    const shown = () =>
      metrics
        .families()
        .flatMap(({ name, series }) =>
          [...series.values()].map(
            ({ values, series: each }) => `${name} ${values.join()} ${'value' in each ? each.value : ''}`,
          ),
        )
    expect(shown()).to.deep.equal(['coredns_reload_failed_total  0'])
    file.text = 'two'
    await pass(30_000)
    expect(shown()).to.deep.equal(['coredns_reload_failed_total  0', 'coredns_reload_version_info sha512,two 1'])
    file.text = 'bad'
    await pass(30_000)
    expect(shown()).to.deep.equal(['coredns_reload_failed_total  1', 'coredns_reload_version_info sha512,bad 1'])
  })

  describe('forced', () => {
    it('applies what is there, though it is the same and nobody looks', async () => {
      const { reloader, applied, answer, take, timer } = testReloader()
      answer.settings = undefined
      reloader.begin('one', undefined)
      await reloader.force()
      expect(applied).to.deep.equal(['one'])
      expect(take()).to.deep.equal([info('Reloading'), info('Reloading complete')])
      answer.settings = every30s
      await reloader.force()
      expect(take()).to.deep.equal([info('Reloading'), running('one'), info('Reloading complete')])
      expect(timer.waiting, 'the new one says to look').to.equal(1)
    })

    it('tells what is wrong', async () => {
      const { reloader, file, take } = testReloader()
      reloader.begin('one', undefined)
      file.text = 'bad'
      await reloader.force()
      file.isMissing = true
      await reloader.force()
      expect(take()).to.deep.equal([
        info('Reloading'),
        '[ERROR] Restart failed: bad: no good',
        '[ERROR] SIGUSR1: starting with listener file descriptors: bad: no good',
        '[ERROR] SIGUSR1: loading updated Caddyfile: it is missing',
      ])
    })

    it('waits for the one that is under way', async () => {
      const { reloader, file, applied, answer, pass } = testReloader()
      reloader.begin('one', every30s)
      const { promise, resolve } = Promise.withResolvers<void>()
      answer.hold = promise
      file.text = 'two'
      await pass(30_000)
      const forced = reloader.force()
      file.text = 'three'
      expect(applied).to.deep.equal([])
      resolve()
      await forced
      expect(applied).to.deep.equal(['two', 'three'])
    })
  })

  it('ends: it looks no more, and waits for the one that is under way, which has not failed', async () => {
    const { reloader, file, answer, pass, take, timer, stop, metrics } = testReloader()
    reloader.begin('one', every30s)
    const { promise, resolve } = Promise.withResolvers<void>()
    answer.hold = promise
    file.text = 'bad'
    await pass(30_000)
    take()
    stop.abort()
    let hasEnded = false
    const ended = reloader.end().then(() => {
      hasEnded = true
    })
    await setImmediate()
    expect(hasEnded).to.equal(false)
    resolve()
    await ended
    expect(timer.waiting).to.equal(0)
    await reloader.force()
    expect(take()).to.deep.equal([])
    expect(metrics.counter({ name: 'coredns_reload_failed_total', help: '' }).of().value).to.equal(0)
  })
})
