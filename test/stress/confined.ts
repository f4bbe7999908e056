import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** What a container of CoreDNS's Helm chart may take: `resources.limits` of its values. */
export const limits = { memoryOctets: 128 * 1024 * 1024, cpuQuotaMicroseconds: 10_000, cpuPeriodMicroseconds: 100_000 }

/** The user of the image, and the one capability that the chart leaves it. */
export const user = 65_532
export const capability = 'cap_net_bind_service'

/** What a Pod has, of which not everything can be had everywhere: most of it is root's to give. */
export interface Means {
  /** 128 MiB and 100m CPU. */
  readonly controlGroup: boolean
  readonly readOnly: boolean
  /** User 65532, without a capability but NET_BIND_SERVICE and with no way to another. */
  readonly user: boolean
  /** NET_BIND_SERVICE in the program's file, as in the image. */
  readonly fileCapability: boolean
}

/** Tries each. */
export function meansHere(): Means {
  const isRoot = process.getuid?.() === 0
  const works = (command: string, ...args: string[]): boolean => isRoot && spawnSync(command, args).status === 0
  return {
    controlGroup: isRoot && canGroup(),
    readOnly: works('unshare', '--mount', 'mount', '-o', 'remount,bind,ro', '/'),
    user: works('setpriv', ...privileges, 'true'),
    fileCapability: isRoot && canSetCapability(),
  }
}

const only = `-all,+${capability.replace('cap_', '')}`

/** What the container runtime gives a user who is not root. */
const privileges = [
  ...['--reuid', String(user), '--regid', String(user), '--clear-groups', '--no-new-privs'],
  ...['--inh-caps', only, '--ambient-caps', only, '--bounding-set', only],
]

/** A process that was started within limits. */
export interface Confined {
  readonly child: ChildProcess
  /** Ends it, and takes away what held it. */
  end(): Promise<void>
}

/** Starts a program with as much of a Pod's limits as can be had. */
export function startConfined(command: readonly string[], means: Means): Confined {
  const groups = means.controlGroup ? makeGroups() : []
  const script = [
    ...groups.map((folder) => `echo $$ > ${folder}/cgroup.procs`),
    // Each mount by itself; those that the kernel keeps to itself are none of a container's.
    ...(means.readOnly
      ? [`cut -d' ' -f2 /proc/self/mounts | while read -r at; do mount -o remount,bind,ro "$at" 2>/dev/null; done`]
      : []),
    `exec ${means.user ? `setpriv ${privileges.join(' ')} ` : ''}"$@"`,
  ].join('\n')
  const shell = ['sh', '-c', script, 'sh', ...command]
  const [program = '', ...args] = means.readOnly ? ['unshare', '--mount', ...shell] : shell
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  const closed = new Promise<void>((done) => child.once('close', () => done()))
  return {
    child,
    async end() {
      child.kill('SIGKILL')
      await closed
      for (const folder of groups) rmdirSync(folder)
    },
  }
}

const root = '/sys/fs/cgroup'

/** A control group of our own with the limits, in as many hierarchies as it takes. */
function makeGroups(): string[] {
  const name = `cluster-dns-limits-${process.pid}`
  const { memoryOctets, cpuQuotaMicroseconds, cpuPeriodMicroseconds } = limits
  const made: string[] = []
  const make = (path: string, settings: Readonly<Record<string, string | number>>): void => {
    const folder = join(root, path, name)
    mkdirSync(folder)
    made.push(folder)
    // A setting whose controller is not handed down to here has no file, and none can be made.
    for (const [file, value] of Object.entries(settings))
      writeFileSync(join(folder, file), String(value), { flag: 'r+' })
  }
  try {
    if (existsSync(join(root, 'cgroup.controllers'))) {
      make('', { 'memory.max': memoryOctets, 'cpu.max': `${cpuQuotaMicroseconds} ${cpuPeriodMicroseconds}` })
    } else {
      make('memory', { 'memory.limit_in_bytes': memoryOctets })
      make('cpu', { 'cpu.cfs_period_us': cpuPeriodMicroseconds, 'cpu.cfs_quota_us': cpuQuotaMicroseconds })
    }
  } catch (error) {
    for (const folder of made) rmdirSync(folder)
    throw error
  }
  return made
}

function canGroup(): boolean {
  try {
    for (const folder of makeGroups()) rmdirSync(folder)
    return true
  } catch {
    return false
  }
}

function canSetCapability(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'cluster-dns-limits-'))
  const file = join(folder, 'program')
  writeFileSync(file, '')
  try {
    return setCapability(file)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** As the Dockerfile has it. */
export function setCapability(file: string): boolean {
  return spawnSync('setcap', [`${capability}=+ep`, file]).status === 0
}

/** The most memory that a process has had resident, in octets: VmHWM of proc_pid_status(5). */
export function peakOf(pid: number): number {
  return Number(statusOf(pid).get('VmHWM')?.replace(' kB', '')) * 1024
}

/** The fields of /proc/PID/status. */
export function statusOf(pid: number): ReadonlyMap<string, string> {
  const lines = readFileSync(`/proc/${pid}/status`, 'utf8').split('\n')
  return new Map(lines.map((line) => [line.split(':')[0] ?? '', line.replace(/^\w+:\s*/, '')]))
}
