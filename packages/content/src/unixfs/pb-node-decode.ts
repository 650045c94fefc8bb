import { ProtobufReader } from './protobuf-reader.ts'

/** Where a part of a block lies: `start` to `end` (exclusive), in bytes. */
export type Span = { start: number; end: number }

/** A dag-pb node, taken apart without copying. `links` are where each link's CID lies. */
export type PbNode = { links: Span[]; data: Span | undefined }

/** A link with what else it says: where its CID and its name lie, and the Tsize that it claims. */
export type NamedLink = { hash: Span; name: Span; claimedBytes: number | undefined }

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
    else if (tag === TSIZE) reader.claim()
    else throw new RangeError(`a link has an unknown field (tag ${tag})`)
  }
  if (hash === undefined) throw new RangeError('a link has no hash')
  return hash
}

/**
 * As `decodePbNode`, with the names of the links; `links` is undefined when there are more than `maxLinks`.
 * @throws RangeError when it is malformed
 */
export const decodeNamedLinks = (
  block: Uint8Array,
  maxLinks: number,
): { links: NamedLink[] | undefined; data: Span | undefined } => {
  const { links, data } = decodePbNode(block)
  if (links.length > maxLinks) return { links: undefined, data }
  const reader = new ProtobufReader(block)
  const named: NamedLink[] = []
  while (!reader.done) {
    const tag = reader.varint()
    const { start, end } = reader.delimited()
    if (tag === LINK) named.push(decodeNamedLink(block, start, end))
  }
  return { links: named, data }
}

const decodeNamedLink = (block: Uint8Array, start: number, end: number): NamedLink => {
  const reader = new ProtobufReader(block, start, end)
  const link: NamedLink = { hash: { start, end: start }, name: { start, end: start }, claimedBytes: undefined }
  while (!reader.done) {
    const tag = reader.varint()
    if (tag === HASH) link.hash = reader.delimited()
    else if (tag === NAME) link.name = reader.delimited()
    else link.claimedBytes = reader.claim()
  }
  return link
}
