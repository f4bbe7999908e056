type Compact<T> = { readonly [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  readonly [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>
}

/** A copy without the properties that are undefined: an absent field is absent in the model, so that equal is equal. */
export function compact<T extends object>(object: T): Compact<T> {
  // Object.fromEntries forgets the property types, which the filter leaves as Compact says.
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as Compact<T>
}
