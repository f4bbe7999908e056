import type { Labels } from '../model.ts'

/** Whether `labels` hold every pair of a Service's selector. */
export function matches(selector: Labels, labels: Labels): boolean {
  return Object.entries(selector).every(([key, value]) => holds(labels, key, value))
}

/** Whether a label is there with this value; keys that are special to JavaScript are keys like any other. */
export function holds(labels: Labels, key: string, value: string): boolean {
  return Object.hasOwn(labels, key) && labels[key] === value
}
