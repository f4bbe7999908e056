type Compact<T> = { readonly [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  readonly [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>
}

/** A copy without the properties that are undefined: an absent field is absent in the model, so that equal is equal. */
export function compact<T extends object>(object: T): Compact<T> {
  const copy: Partial<T> = {}
  // Not by way of Object.fromEntries: that took a tenth of the time that reading takes.
  for (const key in object) if (object[key] !== undefined) copy[key] = object[key]
  // What is left out is what Compact makes optional, which the compiler cannot follow.
  return copy as unknown as Compact<T>
}
