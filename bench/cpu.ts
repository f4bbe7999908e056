import { readFileSync } from 'node:fs'

/** Time that a process has had on a CPU since it began, all its threads together. */
export interface CpuTime {
  readonly userMicros: number
  readonly systemMicros: number
}

/** USER_HZ: the unit of /proc is 1/100 s on every architecture that Node.js runs on, whatever the kernel's own tick. */
const microsPerTick = 10_000

/** Reads fields 14 and 15 of /proc/PID/stat (proc_pid_stat(5)). Linux only. */
export function cpuTimeOf(pid: number): CpuTime {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  // The second field is a name in parentheses that may hold blanks: counting starts behind it, at field 3.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return { userMicros: Number(fields[11]) * microsPerTick, systemMicros: Number(fields[12]) * microsPerTick }
}
