import { createCipheriv } from 'node:crypto'

const PIECE = 1 << 20

/**
 * The bytes that the vectors are computed over: the first `size` bytes of the AES-128-CTR key stream of the all-zero key
 * and the all-zero counter block, in pieces of `piece` bytes. `openssl enc -aes-128-ctr -K 0 -iv 0 < /dev/zero` gives the same.
 */
export async function* vectorBytes(size: number, piece = PIECE): AsyncGenerator<Uint8Array> {
  const cipher = createCipheriv('aes-128-ctr', Buffer.alloc(16), Buffer.alloc(16))
  const zeros = Buffer.alloc(piece)
  for (let left = size; left > 0; left -= piece) yield cipher.update(left < piece ? zeros.subarray(0, left) : zeros)
}
