import { varintLength, writeVarint } from './varint.ts'
import { ProtobufReader } from './protobuf-reader.ts'

const PIECE_BYTES = 1 << 16

/**
 * CIDs with the bytes below them, packed one after the other: some 40 bytes each, where objects would take several
 * hundred. A place is a number that `add` gives out.
 */
export class EntryRecords {
  readonly #pieces: Uint8Array[] = []
  #used = PIECE_BYTES

  add(cid: Uint8Array, dagBytes: number): number {
    const length = varintLength(cid.length) + cid.length + varintLength(dagBytes)
    if (this.#used + length > PIECE_BYTES) {
      this.#pieces.push(new Uint8Array(PIECE_BYTES))
      this.#used = 0
    }
    const piece = this.#pieces.at(-1) as Uint8Array
    const place = (this.#pieces.length - 1) * PIECE_BYTES + this.#used
    const at = writeVarint(piece, this.#used, cid.length)
    piece.set(cid, at)
    this.#used = writeVarint(piece, at + cid.length, dagBytes)
    return place
  }

  /** `cid` is a view that nobody may write to. */
  read(place: number): { cid: Uint8Array; dagBytes: number } {
    const piece = this.#pieces[Math.floor(place / PIECE_BYTES)] as Uint8Array
    const reader = new ProtobufReader(piece, place % PIECE_BYTES)
    const { start, end } = reader.delimited()
    return { cid: piece.subarray(start, end), dagBytes: reader.varint() }
  }
}
