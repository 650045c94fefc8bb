import { digestOf, generatedBytes } from '../acceptance/generated-bytes.ts'
import type { Random } from './random.ts'

const KIB = 1024
const MIB = 1024 * 1024

/** From 0 bytes to 40 MiB: mostly small, some around the borders of chunks, a few large. */
export const drawSize = (random: Random): number => {
  const kind = random.next()
  if (kind < 0.03) return 0
  if (kind < 0.55) return random.between(1, 64 * KIB)
  if (kind < 0.65) return random.between(1, 4) * MIB + random.between(-1, 1)
  if (kind < 0.92) return random.between(64 * KIB, 3 * MIB)
  return random.between(4 * MIB, 40 * MIB)
}

const known = new Map<string, string>()

/** SHA-256 (hex) of the content that these two numbers make; remembered. */
export const sha256Of = async (size: number, seed: number): Promise<string> => {
  const key = `${size}:${seed}`
  const hash = known.get(key) ?? (await digestOf(generatedBytes(size, seed))).sha256
  known.set(key, hash)
  return hash
}

/** In the default profile a file of one chunk (1 MiB) is one raw block, whose CID is its SHA-256. */
export const singleBlockCid = (sha256: string): string => {
  const bytes = Buffer.concat([Buffer.from([0x01, 0x55, 0x12, 0x20]), Buffer.from(sha256, 'hex')])
  let bits = ''
  for (const byte of bytes) bits += byte.toString(2).padStart(8, '0')
  const digits = (bits.match(/.{1,5}/g) ?? []).map((group) => Number.parseInt(group.padEnd(5, '0'), 2))
  return `b${digits.map((digit) => 'abcdefghijklmnopqrstuvwxyz234567'[digit]).join('')}`
}
