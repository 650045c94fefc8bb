import { createCipheriv } from 'node:crypto'

const PIECE = 1024 * 1024

/** `size` bytes that do not compress, in pieces of 1 MiB: the same for the same `seed`. */
export const randomFile = (size: number, seed: number): Buffer[] => {
  const key = Buffer.alloc(16)
  key.writeUInt32BE(seed)
  const cipher = createCipheriv('aes-128-ctr', key, Buffer.alloc(16))
  const pieces: Buffer[] = []
  for (let left = size; left > 0; left -= PIECE) pieces.push(cipher.update(Buffer.alloc(Math.min(left, PIECE))))
  return pieces
}

/** Makes another file of the same pieces: each begins with `mark`, so that none is stored already. */
export const remark = (pieces: readonly Buffer[], mark: number): readonly Buffer[] => {
  for (const [index, piece] of pieces.entries()) {
    piece.writeUInt32BE(mark, 0)
    piece.writeUInt32BE(index, 4)
  }
  return pieces
}
