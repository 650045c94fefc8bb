import { createCipheriv, createHash } from 'node:crypto'

const PIECE = 1024 * 1024

/**
 * Bytes that no compression or deduplication makes smaller, the same for the same seed (AES-128-CTR over zeros), in pieces
 * of 1 MiB at most. Makes some 2 GB/s, so the sender is not what is measured.
 */
export async function* generatedBytes(size: number, seed: number): AsyncGenerator<Buffer, void, undefined> {
  const key = createHash('sha256').update(`holdfast ${seed}`).digest()
  const cipher = createCipheriv('aes-128-ctr', key.subarray(0, 16), key.subarray(16))
  const zeros = Buffer.alloc(Math.min(PIECE, size))
  for (let left = size; left > 0; left -= PIECE) yield cipher.update(zeros.subarray(0, Math.min(PIECE, left)))
}

/** SHA-256 (hex) and length of a stream; a response without a body is an empty one. */
export const digestOf = async (source: AsyncIterable<Uint8Array> | null): Promise<{ sha256: string; size: number }> => {
  const hash = createHash('sha256')
  let size = 0
  for await (const piece of source ?? []) {
    hash.update(piece)
    size += piece.length
  }
  return { sha256: hash.digest('hex'), size }
}
