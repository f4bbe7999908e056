/** RFC 4648 section 7. */
const digits = '0123456789abcdefghijklmnopqrstuv'

/** Octets in base32 with the extended hex alphabet, without padding, in lower case. */
export function formatBase32(octets: Uint8Array): string {
  let text = ''
  let [bits, count] = [0, 0]
  for (const octet of octets) {
    bits = (bits << 8) | octet
    count += 8
    for (; count >= 5; count -= 5) text += digits[(bits >>> (count - 5)) & 31]
    bits &= (1 << count) - 1
  }
  return count === 0 ? text : text + digits[(bits << (5 - count)) & 31]
}

/** Undefined: it is none. */
export function parseBase32(text: string): Uint8Array | undefined {
  const octets: number[] = []
  let [bits, count] = [0, 0]
  for (const digit of text.toLowerCase()) {
    const value = digits.indexOf(digit)
    if (value < 0) return undefined
    bits = (bits << 5) | value
    count += 5
    if (count < 8) continue
    count -= 8
    octets.push(bits >>> count)
    bits &= (1 << count) - 1
  }
  return bits === 0 && count < 5 ? Uint8Array.from(octets) : undefined
}
