import { messageOf } from '../util/errors.ts'

/** Why a file cannot be read, in the words of Go's `os.Open`, where it has some. */
export function fileProblem(error: unknown, path: string): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const reason = reasons[code]
  return reason === undefined ? messageOf(error) : `${reason.operation} ${path}: ${reason.text}`
}

const reasons: Readonly<Record<string, { readonly operation: string; readonly text: string }>> = {
  ENOENT: { operation: 'open', text: 'no such file or directory' },
  EACCES: { operation: 'open', text: 'permission denied' },
  EISDIR: { operation: 'read', text: 'is a directory' },
}
