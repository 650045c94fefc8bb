import { varint } from 'multiformats'
import { CID } from 'multiformats/cid'

/** Of a section's bytes: enough for its CID's numbers, whatever its digest. */
const HEAD_BYTES = 40

/** Counts a CARv1's sections and the bytes of their blocks while the bytes pass by. Nothing is verified: who receives them does. */
export class CarCounter {
  blocks = 0
  bytes = 0
  #rest: Uint8Array = new Uint8Array(0)
  /** Of what is left of a section. */
  #skip = 0
  #isHeader = true

  async *count(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const piece of source) {
      this.#take(piece)
      yield piece
    }
  }

  #take(piece: Uint8Array): void {
    let at = 0
    if (this.#rest.length > 0) piece = Buffer.concat([this.#rest, piece])
    this.#rest = new Uint8Array(0)
    while (at < piece.length) {
      if (this.#skip > 0) {
        const step = Math.min(this.#skip, piece.length - at)
        this.#skip -= step
        at += step
        continue
      }
      const taken = this.#enter(piece.subarray(at))
      if (taken === 0) {
        this.#rest = piece.slice(at)
        return
      }
      at += taken
    }
  }

  /** The bytes of a section's length; nought when more have to come first. */
  #enter(bytes: Uint8Array): number {
    const end = bytes.findIndex((byte) => byte < 0x80)
    if (end === -1) return 0
    const [length, taken] = varint.decode(bytes)
    if (this.#isHeader) this.#isHeader = false
    else {
      if (bytes.length - taken < Math.min(HEAD_BYTES, length)) return 0
      this.blocks++
      this.bytes += length - CID.inspectBytes(bytes.subarray(taken)).size
    }
    this.#skip = length
    return taken
  }
}
