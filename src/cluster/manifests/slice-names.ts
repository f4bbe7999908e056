import { hash32 } from './hash.ts'

/** What a generated name may use: no vowels and no digits that look like letters (apimachinery util/rand). */
const alphabet = 'bcdfghjklmnpqrstvwxz2456789'
const suffixLength = 5
const maxBaseLength = 63 - suffixLength

/** Makes names as generateName does, but the same ones on every run. */
export class SliceNames {
  readonly #taken: Set<string>

  /** @param taken `namespace/name` of the slices that have a name already */
  constructor(taken: Iterable<string>) {
    this.#taken = new Set(taken)
  }

  /** `BASE-xxxxx`, the suffix a hash of what the slice is for. */
  name(namespace: string, base: string, purpose: string): string {
    for (let attempt = 0; ; attempt++) {
      const name = `${base}-`.slice(0, maxBaseLength) + suffix(hash32(`${namespace}/${base} ${purpose} ${attempt}`))
      const key = `${namespace}/${name}`
      if (this.#taken.has(key)) continue
      this.#taken.add(key)
      return name
    }
  }
}

function suffix(hash: number): string {
  let rest = hash
  let text = ''
  for (let at = 0; at < suffixLength; at++) {
    text += alphabet.charAt(rest % alphabet.length)
    rest = Math.floor(rest / alphabet.length)
  }
  return text
}
