import { ProtobufReader } from './protobuf-reader.ts'

/** Where a part of a block lies: `start` to `end` (exclusive), in bytes. */
export type Span = { start: number; end: number }

/** A dag-pb node, taken apart without copying. `links` are where each link's CID lies. */
export type PbNode = { links: Span[]; data: Span | undefined }

const DATA = 0x0a
const LINK = 0x12
const HASH = 0x0a
const NAME = 0x12
const TSIZE = 0x18

/**
 * Reads a dag-pb block (<https://ipld.io/specs/codecs/dag-pb/spec/>), links before or after the data.
 * @throws RangeError when it is malformed
 */
export const decodePbNode = (block: Uint8Array): PbNode => {
  const reader = new ProtobufReader(block)
  const links: Span[] = []
  let data: Span | undefined
  while (!reader.done) {
    const tag = reader.varint()
    if (tag === LINK) {
      const { start, end } = reader.delimited()
      links.push(decodeLink(block, start, end))
    } else if (tag === DATA) {
      if (data !== undefined) throw new RangeError('a node has two data fields')
      data = reader.delimited()
    } else throw new RangeError(`a node has an unknown field (tag ${tag})`)
  }
  return { links, data }
}

const decodeLink = (block: Uint8Array, start: number, end: number): Span => {
  const reader = new ProtobufReader(block, start, end)
  let hash: Span | undefined
  while (!reader.done) {
    const tag = reader.varint()
    if (tag === HASH) hash = reader.delimited()
    else if (tag === NAME) reader.delimited()
    else if (tag === TSIZE) reader.varint()
    else throw new RangeError(`a link has an unknown field (tag ${tag})`)
  }
  if (hash === undefined) throw new RangeError('a link has no hash')
  return hash
}
