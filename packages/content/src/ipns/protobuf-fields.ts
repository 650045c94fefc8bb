/** Fields of a protobuf message by number: integers and byte strings; of a field that comes twice the last counts. */
export type ProtobufFields = { numbers: ReadonlyMap<number, bigint>; bytes: ReadonlyMap<number, Buffer> }

class Truncated extends Error {}

/**
 * Reads a flat protobuf message. Fields of fixed width are passed over.
 * @returns undefined for what is no protobuf
 */
export const readProtobuf = (message: Uint8Array): ProtobufFields | undefined => {
  const numbers = new Map<number, bigint>()
  const bytes = new Map<number, Buffer>()
  const buffer = Buffer.from(message.buffer, message.byteOffset, message.length)
  let at = 0
  const varint = (): bigint => {
    let value = 0n
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = buffer[at++]
      if (byte === undefined) throw new Truncated()
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return BigInt.asUintN(64, value)
    }
    throw new Truncated()
  }
  const skip = (length: number): Buffer => {
    if (at + length > buffer.length) throw new Truncated()
    at += length
    return buffer.subarray(at - length, at)
  }
  try {
    while (at < buffer.length) {
      const key = Number(varint())
      const field = Math.floor(key / 8)
      const wire = key % 8
      if (field === 0) return undefined
      if (wire === 0) numbers.set(field, varint())
      else if (wire === 1) skip(8)
      else if (wire === 2) bytes.set(field, skip(Number(varint())))
      else if (wire === 5) skip(4)
      else return undefined
    }
  } catch (error) {
    if (error instanceof Truncated) return undefined
    throw error
  }
  return { numbers, bytes }
}
