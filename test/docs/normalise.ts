/** What dig prints differently on every run, on every machine, or in every version: each pattern and what takes its place. */
const varying: readonly (readonly [pattern: RegExp, placeholder: string])[] = [
  [/^; <<>> DiG .* <<>> .*$/gm, '; <<>> DiG <<>>'],
  [/\bid: \d+/g, 'id: ID'],
  [/^; COOKIE: .*$/gm, '; COOKIE: COOKIE'],
  [/^;; Query time: .*$/gm, ';; Query time: TIME'],
  [/^;; SERVER: .*$/gm, ';; SERVER: SERVER'],
  [/^;; WHEN: .*$/gm, ';; WHEN: WHEN'],
  // mname, rname, and then the serial number, which is the time of the last change.
  [/\bSOA (\S+) (\S+) \d+/g, 'SOA $1 $2 SERIAL'],
]

/**
 * The output of dig with what may vary taken out, so that two runs can be compared.
 *
 * Records that stand together are sorted: a server may rotate them. White space counts as one space.
 */
export function normaliseDig(output: string): string {
  const spaced = output
    .split('\n')
    .map((line) => line.replaceAll(/\s+/g, ' ').trim())
    .join('\n')
  const replaced = varying.reduce((text, [pattern, placeholder]) => text.replaceAll(pattern, placeholder), spaced)
  return sortRuns(replaced.split('\n')).join('\n').trim()
}

/** Sorts each run of lines that are neither empty nor a comment. */
function sortRuns(lines: readonly string[]): string[] {
  const sorted: string[] = []
  let run: string[] = []
  for (const line of [...lines, '']) {
    if (line !== '' && !line.startsWith(';')) {
      run.push(line)
      continue
    }
    sorted.push(...run.sort(), line)
    run = []
  }
  return sorted
}
