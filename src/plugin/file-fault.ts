import { messageOf } from '../util/errors.ts'

/** Why a file cannot be read, in the words of Go's `os.ReadFile` where it has some: `open x: no such file or directory`. */
export function fileFault(error: unknown, path: string): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const fault = faults[code]
  return fault === undefined ? messageOf(error) : `${fault.operation} ${path}: ${fault.text}`
}

const faults: Readonly<Record<string, { readonly operation: string; readonly text: string }>> = {
  ENOENT: { operation: 'open', text: 'no such file or directory' },
  EACCES: { operation: 'open', text: 'permission denied' },
  EISDIR: { operation: 'read', text: 'is a directory' },
}
