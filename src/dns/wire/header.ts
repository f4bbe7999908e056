import type { Header } from '../message.ts'

/** RFC 1035 section 4.1.1. */
export const headerOctets = 12

/** What the header says of each section's length. */
export interface Counts {
  readonly qdcount: number
  readonly ancount: number
  readonly nscount: number
  readonly arcount: number
}

/**
 * Reads the header alone; undefined if there are too few octets for one.
 *
 * `rcode` has the header's four bits only: the rest is in the OPT record.
 */
export function readHeader(octets: Uint8Array): (Header & Counts) | undefined {
  if (octets.length < headerOctets) return undefined
  const high = octets[2] ?? 0
  const low = octets[3] ?? 0
  return {
    id: uint16At(octets, 0),
    qr: (high & 0x80) !== 0,
    opcode: (high >> 3) & 0x0f,
    aa: (high & 0x04) !== 0,
    tc: (high & 0x02) !== 0,
    rd: (high & 0x01) !== 0,
    ra: (low & 0x80) !== 0,
    ad: (low & 0x20) !== 0,
    cd: (low & 0x10) !== 0,
    rcode: low & 0x0f,
    qdcount: uint16At(octets, 4),
    ancount: uint16At(octets, 6),
    nscount: uint16At(octets, 8),
    arcount: uint16At(octets, 10),
  }
}

/** @param at offset of four octets that are there */
export function uint32At(octets: Uint8Array, at: number): number {
  return uint16At(octets, at) * 0x1_0000 + uint16At(octets, at + 2)
}

/** @param at offset of two octets that are there */
export function uint16At(octets: Uint8Array, at: number): number {
  return ((octets[at] ?? 0) << 8) | (octets[at + 1] ?? 0)
}
