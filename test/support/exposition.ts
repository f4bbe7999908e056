/** One line of a metrics page: `name{labels} value`. */
export interface ExposedSample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

export interface ExposedFamily {
  readonly type: string
  readonly help: string
  readonly samples: readonly ExposedSample[]
}

/**
 * Reads the text exposition format 0.0.4, as strictly as Prometheus does.
 *
 * @throws a line that is none, or that belongs to no family
 */
export function parseExposition(text: string): ReadonlyMap<string, ExposedFamily> {
  const families = new Map<string, { type: string; help: string; samples: ExposedSample[] }>()
  for (const line of text.split('\n')) {
    if (line === '') continue
    const [, word, of = '', rest = ''] = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line) ?? []
    const family = families.get(of) ?? { type: '', help: '', samples: [] }
    if (word === 'HELP') families.set(of, { ...family, help: rest })
    else if (word === 'TYPE') families.set(of, { ...family, type: rest })
    else addSample(families, line)
  }
  return families
}

function addSample(families: ReadonlyMap<string, { readonly samples: ExposedSample[] }>, line: string): void {
  const [, name, labels = '', value = ''] = /^([a-z_][a-z0-9_]*)(?:\{(.*)\})? (\S+)$/.exec(line) ?? []
  if (name === undefined) throw new Error(`no sample: ${line}`)
  const family = families.get(name) ?? families.get(name.replace(/_(bucket|sum|count)$/, ''))
  if (family === undefined) throw new Error(`a sample of no family: ${line}`)
  const pairs = [...labels.matchAll(/([a-z_]+)="((?:[^"\\]|\\.)*)"(?:,|$)/g)].map(([, label, text]) => [label, text])
  family.samples.push({ name, labels: Object.fromEntries(pairs), value: Number(value.replace('+Inf', 'Infinity')) })
}
