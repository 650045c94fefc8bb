/** The least that a stream must be, to be read here. */
export type ByteChunks = AsyncIterable<{ subarray(): Uint8Array }>

const MAX_LENGTH_BYTES = 5

/** A peer that does not keep to the protocol; its stream is given up. */
export class FrameError extends Error {
  override readonly name = 'FrameError'
}

/**
 * Messages that come with their length before them. Never more than one message is held, and nothing is reserved for what is only claimed.
 * @param claim told how long the next message says that it is, before it is read; throws to refuse it
 * @throws FrameError
 */
export async function* readFrames(chunks: ByteChunks, claim: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  let head: number[] = []
  let pieces: Uint8Array[] = []
  let missing: number | undefined
  for await (const chunk of chunks) {
    const bytes = chunk.subarray()
    let at = 0
    while (at < bytes.length) {
      if (missing === undefined) {
        const byte = bytes[at++] as number
        head.push(byte)
        if (head.length > MAX_LENGTH_BYTES) throw new FrameError('a length has more than five bytes')
        if (byte >= 0x80) continue
        missing = head.reduce((sum, part, index) => sum + (part & 0x7f) * 128 ** index, 0)
        head = []
        claim(missing)
      } else {
        const piece = bytes.subarray(at, at + missing)
        at += piece.length
        missing -= piece.length
        pieces.push(piece)
      }
      if (missing !== 0) continue
      const [only] = pieces
      yield pieces.length === 1 && only !== undefined ? only : Buffer.concat(pieces)
      pieces = []
      missing = undefined
    }
  }
}
