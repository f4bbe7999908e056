/**
 * Whether one version of a zone follows another (RFC 1982 section 3.2). Of two that are half the circle apart, neither does.
 *
 * @param serial 32 bits, as `than`
 */
export function isNewerSerial(serial: number, than: number): boolean {
  const ahead = (serial - than) >>> 0
  return ahead > 0 && ahead < 2 ** 31
}
