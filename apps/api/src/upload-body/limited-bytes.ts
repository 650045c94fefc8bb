import { HoldfastError } from '@packages/shared/holdfast-error'

/** Passes bytes on until there are more than `maxBytes`. @throws HoldfastError `payload_too_large` */
export async function* limitedBytes(
  source: AsyncIterable<Uint8Array>,
  maxBytes: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  let seen = 0
  for await (const piece of source) {
    seen += piece.length
    if (seen > maxBytes) throw tooLarge(maxBytes)
    yield piece
  }
}

export const tooLarge = (maxBytes: number): HoldfastError =>
  new HoldfastError('payload_too_large', { detail: `A file has ${maxBytes} bytes at most.` })
