/** A horizontal bar chart as SVG: readable on light and dark ground, and without colour. */
export interface Chart {
  readonly title: string
  /** What the numbers are, for the axis: `queries/s`. */
  readonly unit: string
  /** Bars that belong together; without a title where there is one group alone. */
  readonly groups: readonly { readonly title?: string; readonly bars: readonly Bar[] }[]
  /** What each tone means, in its order; empty where there is only one. */
  readonly legend: readonly string[]
}

export interface Bar {
  readonly label: string
  /** What stands at its end. */
  readonly text: string
  /** One after the other, each in its tone. */
  readonly parts: readonly number[]
  /** From the lowest to the highest round. */
  readonly spread?: { readonly min: number; readonly max: number }
  /** It is ours. */
  readonly isOurs: boolean
}

const width = 760
const left = 160
const plotWidth = 460
const barHeight = 18
const barStep = 26
const titleHeight = 26

const style = `
  text { font: 13px system-ui, -apple-system, 'Segoe UI', sans-serif; fill: #24292f }
  .title { font-size: 16px; font-weight: 600 }
  .group { font-weight: 600 }
  .axis, .legend { font-size: 12px; fill: #57606a }
  .end { text-anchor: end }
  .middle { text-anchor: middle }
  .ground { fill: #ffffff }
  .grid { stroke: #d0d7de }
  .spread { stroke: #24292f; stroke-width: 1.5; fill: none }
  .tone-0 { fill: #8c959f } .tone-1 { fill: #c4cbd3 }
  .ours.tone-0 { fill: #0969da } .ours.tone-1 { fill: #80b7f5 }
  .ours { font-weight: 600 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 }
    .axis, .legend { fill: #9198a1 }
    .ground { fill: #0d1117 }
    .grid { stroke: #3d444d }
    .spread { stroke: #e6edf3 }
    .tone-0 { fill: #7d8590 } .tone-1 { fill: #484f58 }
    .ours.tone-0 { fill: #4493f8 } .ours.tone-1 { fill: #1f4f8f }
  }`

export function drawChart(chart: Chart): string {
  const { title, unit, groups, legend } = chart
  const ticks = ticksTo(highestOf(chart))
  const scale = plotWidth / (ticks.at(-1) ?? 1)
  const elements: string[] = [text(0, 18, 'title', title)]
  let y = 34
  if (legend.length > 0) {
    elements.push(...drawLegend(legend, y))
    y += titleHeight
  }
  for (const group of groups) {
    if (group.title !== undefined) {
      elements.push(text(0, y + 16, 'group', group.title))
      y += titleHeight
    }
    const bottom = y + group.bars.length * barStep
    elements.push(...ticks.map((tick) => drawTick(left + tick * scale, y - 4, bottom)))
    elements.push(...group.bars.flatMap((bar, index) => drawBar(bar, y + index * barStep, scale)))
    y = bottom + 8
  }
  const numbers = ticks.map((tick) => text(left + tick * scale, y + 10, 'axis middle', shortNumber(tick)))
  const axis = text(left + plotWidth / 2, y + 30, 'axis middle', unit)
  return frame(y + 40, title, [...elements, ...numbers, axis])
}

function drawTick(x: number, top: number, bottom: number): string {
  return `<line class="grid" x1="${round(x)}" x2="${round(x)}" y1="${top}" y2="${bottom}"/>`
}

/** Round numbers from 0 on, the last one at or above `highest`, four to six of them. */
export function ticksTo(highest: number): number[] {
  if (!(highest > 0)) return [0, 1]
  const power = 10 ** Math.floor(Math.log10(highest / 5))
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((each) => highest / each <= 5) ?? power
  return Array.from({ length: Math.ceil(highest / step) + 1 }, (_, index) => Number((index * step).toPrecision(12)))
}

/** Text between tags of XML. */
export function escapeXml(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}

function highestOf({ groups }: Chart): number {
  const bars = groups.flatMap((group) => group.bars)
  return Math.max(0, ...bars.map(({ parts, spread }) => Math.max(sum(parts), spread?.max ?? 0)))
}

function drawBar({ label, text: value, parts, spread, isOurs }: Bar, y: number, scale: number): string[] {
  const ours = isOurs ? 'ours ' : ''
  const middle = y + barHeight / 2
  const end = left + Math.max(sum(parts), spread?.max ?? 0) * scale
  return [
    text(left - 10, middle + 4.5, `${ours}end`, label),
    ...parts.map((part, tone) => {
      const x = left + sum(parts.slice(0, tone)) * scale
      return `<rect class="${ours}tone-${tone}" x="${round(x)}" y="${y}" width="${round(part * scale)}" height="${barHeight}"/>`
    }),
    ...(spread === undefined ? [] : [drawSpread(left + spread.min * scale, left + spread.max * scale, middle)]),
    text(round(end) + 8, middle + 4.5, ours.trim(), value),
  ]
}

/** A line from the lowest to the highest, with a foot at either end. */
function drawSpread(from: number, to: number, y: number): string {
  const [start, end] = [round(from), round(to)]
  return `<path class="spread" d="M${start} ${y - 4}v8M${start} ${y}H${end}M${end} ${y - 4}v8"/>`
}

function drawLegend(legend: readonly string[], y: number): string[] {
  return legend.flatMap((word, tone) => {
    const x = left + tone * 150
    const swatch = (offset: number, ours: string): string =>
      `<rect class="${ours}tone-${tone}" x="${x + offset}" y="${y - 2}" width="12" height="12"/>`
    return [swatch(0, 'ours '), swatch(13, ''), text(x + 32, y + 9, 'legend', word)]
  })
}

function frame(height: number, title: string, elements: readonly string[]): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="-8 -4 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>${escapeXml(title)}</title>`,
    `<style>${style}\n</style>`,
    `<rect class="ground" x="-8" y="-4" width="${width}" height="${height}" rx="6"/>`,
    ...elements,
    '</svg>\n',
  ].join('\n')
}

function text(x: number, y: number, classes: string, content: string): string {
  const attribute = classes === '' ? '' : ` class="${classes}"`
  return `<text${attribute} x="${round(x)}" y="${round(y)}">${escapeXml(content)}</text>`
}

/** `300 k`, `2.5`. */
function shortNumber(value: number): string {
  return value >= 1000 ? `${(value / 1000).toLocaleString('en')} k` : value.toLocaleString('en')
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

const round = (value: number): number => Math.round(value * 10) / 10
