import { readFileSync } from 'node:fs'

/** Time that a process has had on a CPU since it began, all its threads together. */
export interface CpuTime {
  readonly userMicros: number
  readonly systemMicros: number
}

/** USER_HZ: the unit of /proc is 1/100 s on every architecture that Node.js runs on, whatever the kernel's own tick. */
const microsPerTick = 10_000

/** What all these processes and their threads have had together. Linux only. */
export function cpuTimeOf(pids: readonly number[]): CpuTime {
  const all = pids.map(cpuTimeOfOne)
  const sum = (key: keyof CpuTime): number => all.reduce((total, time) => total + time[key], 0)
  return { userMicros: sum('userMicros'), systemMicros: sum('systemMicros') }
}

/** The process and all that it has started, and those again. Linux only. */
export function processTree(pid: number): number[] {
  return [pid, ...childrenOf(pid).flatMap(processTree)]
}

/** Reads fields 14 and 15 of /proc/PID/stat (proc_pid_stat(5)). */
function cpuTimeOfOne(pid: number): CpuTime {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  // The second field is a name in parentheses that may hold blanks: counting starts behind it, at field 3.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return { userMicros: Number(fields[11]) * microsPerTick, systemMicros: Number(fields[12]) * microsPerTick }
}

/** A process without children, or without a file that tells them (the kernel may lack it), has none. */
function childrenOf(pid: number): number[] {
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
    return text.split(' ').filter(Boolean).map(Number)
  } catch {
    return []
  }
}
