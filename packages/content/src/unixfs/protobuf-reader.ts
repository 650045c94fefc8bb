const MAX_VARINT_BYTES = 10

/** A cursor over one protobuf message (<https://protobuf.dev/programming-guides/encoding/>); throws RangeError on malformed input. */
export class ProtobufReader {
  offset: number
  readonly end: number
  readonly bytes: Uint8Array

  constructor(bytes: Uint8Array, offset = 0, end = bytes.length) {
    this.bytes = bytes
    this.offset = offset
    this.end = end
  }

  get done(): boolean {
    return this.offset >= this.end
  }

  /** An unsigned integer up to 2^53 - 1; a larger one is refused, for no size of ours can be that large. */
  varint(): number {
    const value = this.claim()
    if (value === undefined) throw new RangeError('a number is larger than 2^53 - 1')
    return value
  }

  /** As `varint`, but undefined for a number above 2^53 - 1: for what is only a claim. */
  claim(): number | undefined {
    let value = 0
    let scale = 1
    for (let count = 0; count < MAX_VARINT_BYTES; count++) {
      if (this.offset >= this.end) throw new RangeError('a varint is cut off')
      const byte = this.bytes[this.offset++] as number
      value += (byte & 0x7f) * scale
      if (byte < 0x80) return value > Number.MAX_SAFE_INTEGER ? undefined : value
      scale *= 128
    }
    throw new RangeError('a varint has more than 10 bytes')
  }

  /** The start of a length-delimited field of which `end` is the end; moves behind it. */
  delimited(): { start: number; end: number } {
    const length = this.varint()
    const start = this.offset
    if (length > this.end - start) throw new RangeError('a field is longer than its message')
    this.offset = start + length
    return { start, end: this.offset }
  }

  /** Moves over a field of `wireType` whose tag was read. */
  skip(wireType: number): void {
    if (wireType === 0) this.varint()
    else if (wireType === 2) this.delimited()
    else if (wireType === 1 || wireType === 5) {
      this.offset += wireType === 1 ? 8 : 4
      if (this.offset > this.end) throw new RangeError('a field is longer than its message')
    } else throw new RangeError(`wire type ${wireType} is not known`)
  }
}
