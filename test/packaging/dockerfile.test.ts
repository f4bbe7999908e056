import { existsSync, readdirSync, readFileSync } from 'node:fs'
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
const stages = stagesOf(instructions)
const argumentsOf = (keyword: string): string[] =>
  instructions.filter((each) => each.keyword === keyword).map((each) => each.rest)

describe('Dockerfile', () => {
  it('runs of npm only what .ci/run runs', () => {
    const ci = read('.ci/run')
    const commands = argumentsOf('RUN').filter((command) => command.startsWith('npm '))
    for (const command of commands) {
      const script = /^npm run (\S+)$/.exec(command)?.[1]
      if (script !== undefined) expect(manifest.scripts).to.have.property(script)
      expect(ci).to.include(command)
    }
    expect(commands).to.deep.equal(['npm ci', 'npm run build'])
  })

  it('gives its node the capability to open port 53', () => {
    const at = stages.findIndex((stage) => stage.some(({ rest }) => rest.startsWith('setcap ')))
    const [from, ...commands] = stages[at] ?? []
    expect(from?.rest).to.match(/ AS node$/)
    expect(commands.map(({ rest }) => rest)).to.deep.equal([
      'apt-get update && apt-get install --yes --no-install-recommends libcap2-bin',
      'setcap cap_net_bind_service=+ep /usr/local/bin/node',
    ])
  })

  it('has a command `coredns`, run by that node itself', () => {
    const [build = []] = stages
    const runs = build.filter(({ keyword }) => keyword === 'RUN').map(({ rest }) => rest)
    const commands = runs.filter((command) => !command.startsWith('npm '))
    expect(commands).to.deep.equal([
      "sed -i '1s|.*|#!/usr/local/bin/node|' dist/cluster-dns.mjs",
      'mkdir bin && ln -s /opt/cluster-dns/cluster-dns.mjs bin/coredns',
    ])
    // The line that sed replaces, and a path to the program: the entry point's own.
    expect(read('scripts/bundle.ts')).to.include("'#!/usr/bin/env node',")
    expect(JSON.parse(argumentsOf('ENTRYPOINT')[0] ?? '')).to.deep.equal([
      '/usr/local/bin/node',
      '/opt/cluster-dns/cluster-dns.mjs',
    ])
  })

  it('keeps no compile cache: the file system is read-only', () => {
    expect(read('Dockerfile')).to.not.include('NODE_COMPILE_CACHE')
    const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    const caching = sources.filter((path) => path.endsWith('.ts') && read(`src/${path}`).includes('enableCompileCache'))
    expect(caching).to.deep.equal([])
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
    const image = `node:${major}-slim`
    expect(argumentsOf('FROM')).to.deep.equal([`${image} AS build`, `${image} AS node`, image])
  })

  it('ends with the bundle alone, as a user that is a number and not root', () => {
    const last = stages.at(-1)?.slice(1) ?? []
    const restOf = (keyword: string) => last.filter((each) => each.keyword === keyword).map(({ rest }) => rest)
    expect(restOf('COPY')).to.deep.equal([
      '--from=node /usr/local/bin/node /usr/local/bin/node',
      '--from=build /build/dist/ /opt/cluster-dns/',
      '--from=build /build/bin/ /usr/local/bin/',
    ])
    expect(restOf('RUN')).to.deep.equal([])
    expect(restOf('USER')).to.deep.equal(['65532:65532'])
    expect(restOf('WORKDIR')).to.deep.equal(['/'])
    expect(restOf('EXPOSE')).to.deep.equal(['53/udp 53/tcp'])
  })
})

/** Each from its FROM on. */
function stagesOf(all: readonly Instruction[]): Instruction[][] {
  const starts = all.flatMap(({ keyword }, index) => (keyword === 'FROM' ? [index] : []))
  return starts.map((start, index) => all.slice(start, starts[index + 1]))
}

interface Instruction {
  readonly keyword: string
  readonly rest: string
}

/** Lines of one instruction each; this Dockerfile needs no continuation lines, and a test here fails if it gets one. */
function parseDockerfile(text: string): Instruction[] {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return lines.map((line) => {
    const [, keyword, rest] = /^([A-Z]+) (.*[^\\])$/.exec(line) ?? []
    if (keyword === undefined || rest === undefined)
      throw new Error(`Dockerfile: '${line}' is no instruction on one line`)
    return { keyword, rest }
  })
}
