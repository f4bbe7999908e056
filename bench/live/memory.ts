import { readFileSync, writeFileSync } from 'node:fs'

/** Resident memory of a process in octets: proc_pid_status(5). */
export interface Memory {
  /** VmRSS. */
  readonly resident: number
  /** RssAnon: without what is mapped from files, of which the program itself is most. */
  readonly anonymous: number
  /** VmHWM: the most that was resident, since the process began or the mark was set back. */
  readonly peak: number
}

/** Of all these processes together. Linux only. */
export function memoryOf(pids: readonly number[]): Memory {
  const all = pids.map((pid) => parseStatus(readFileSync(`/proc/${pid}/status`, 'utf8')))
  const sum = (key: keyof Memory): number => all.reduce((total, memory) => total + memory[key], 0)
  return { resident: sum('resident'), anonymous: sum('anonymous'), peak: sum('peak') }
}

/** Sets the high-water marks back to what is resident now: proc_pid_clear_refs(5). */
export function resetPeak(pids: readonly number[]): void {
  for (const pid of pids) writeFileSync(`/proc/${pid}/clear_refs`, '5')
}

/** @throws Error the kernel does not tell one of them */
export function parseStatus(text: string): Memory {
  const octets = (field: string): number => {
    const kibibytes = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1]
    if (kibibytes === undefined) throw new Error(`/proc/PID/status has no ${field}`)
    return Number(kibibytes) * 1024
  }
  return { resident: octets('VmRSS'), anonymous: octets('RssAnon'), peak: octets('VmHWM') }
}
