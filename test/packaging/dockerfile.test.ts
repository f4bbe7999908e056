import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'

// No container engine is needed: what could break an image that nobody built is a step that CI does not run, a path that
// is gone or ignored, and a Node.js other than the tested one.

const root = join(import.meta.dirname, '../..')
const read = (path: string): string => readFileSync(join(root, path), 'utf8')

const manifest = JSON.parse(read('package.json')) as {
  scripts: Record<string, string>
  devDependencies: Record<string, string>
}
const instructions = parseDockerfile(read('Dockerfile'))
const argumentsOf = (keyword: string): string[] =>
  instructions.filter((each) => each.keyword === keyword).map((each) => each.rest)

describe('Dockerfile', () => {
  it('runs only what .ci/run runs', () => {
    const ci = read('.ci/run')
    for (const command of argumentsOf('RUN')) {
      const script = /^npm run (\S+)$/.exec(command)?.[1]
      if (script !== undefined) expect(manifest.scripts).to.have.property(script)
      else expect(command).to.equal('npm ci')
      expect(ci).to.include(command)
    }
    expect(argumentsOf('RUN')).to.deep.equal(['npm ci', 'npm run build'])
  })

  it('copies what exists and is not ignored', () => {
    const allowed = read('.dockerignore')
      .split('\n')
      .filter((line) => line.startsWith('!'))
      .map((line) => line.slice(1))
    const sources = argumentsOf('COPY')
      .filter((rest) => !rest.startsWith('--from='))
      .flatMap((rest) => rest.split(' ').slice(0, -1))
    for (const path of sources) expect(existsSync(join(root, path)), path).to.equal(true)
    expect(allowed.sort()).to.deep.equal(sources.sort())
  })

  it('stands on the official image of the pinned Node.js', () => {
    const major = manifest.devDependencies.node?.split('.')[0]
    expect(argumentsOf('FROM')).to.deep.equal([`node:${major}-slim AS build`, `node:${major}-slim`])
  })

  it('ends with the bundle alone, as a user that is a number and not root', () => {
    const last = instructions.slice(instructions.findLastIndex((each) => each.keyword === 'FROM') + 1)
    const copied = last.filter((each) => each.keyword === 'COPY').map((each) => each.rest)
    expect(copied).to.deep.equal(['--from=build /build/dist/ /opt/cluster-dns/'])
    expect(last.find((each) => each.keyword === 'USER')?.rest).to.match(/^[1-9]\d*:[1-9]\d*$/)
    expect(last.find((each) => each.keyword === 'EXPOSE')?.rest).to.equal('53/udp 53/tcp')
    expect(last.find((each) => each.keyword === 'ENTRYPOINT')?.rest).to.match(/^\["/)
  })
})

/** Lines of one instruction each; this Dockerfile needs no continuation lines, and a test here fails if it gets one. */
function parseDockerfile(text: string): { keyword: string; rest: string }[] {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return lines.map((line) => {
    const [, keyword, rest] = /^([A-Z]+) (.*[^\\])$/.exec(line) ?? []
    if (keyword === undefined || rest === undefined)
      throw new Error(`Dockerfile: '${line}' is no instruction on one line`)
    return { keyword, rest }
  })
}
