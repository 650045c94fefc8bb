import {
  CODEC_CBOR,
  CODEC_DAG_CBOR,
  CODEC_DAG_JSON,
  CODEC_DAG_PB,
  CODEC_JSON,
  CODEC_LIBP2P_KEY,
  CODEC_RAW,
} from '@packages/shared/cid'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { CID } from 'multiformats/cid'
import { DAG_LIMITS } from '../dag/dag-limits.ts'
import { decodePbNode } from '../unixfs/pb-node-decode.ts'
import { type BlockKey, blockKey, checkIdentity, isIdentity } from './block-key.ts'
import { decodeBlockList, LIST_CODEC } from './block-list.ts'
import { cborLinks, scanCborLinks } from './cbor-links.ts'
import { jsonLinks } from './json-links.ts'
import { isFlatRealm } from './realm-rules.ts'

type LinkParser = (bytes: Uint8Array) => readonly CID[]

const none: LinkParser = () => []

/**
 * How the children of a block are found, by codec. A codec that is not here cannot be stored: its links would not count.
 * Plain CBOR and JSON know no links, and Kubo stores such a block whatever it holds.
 */
const LINK_PARSERS = new Map<number, LinkParser>([
  [CODEC_RAW, none],
  [CODEC_JSON, none],
  [CODEC_CBOR, none],
  [CODEC_LIBP2P_KEY, none],
  [CODEC_DAG_PB, (bytes) => decodePbNode(bytes).links.map(({ start, end }) => CID.decode(bytes.subarray(start, end)))],
  [CODEC_DAG_CBOR, (bytes) => cborLinks(bytes, DAG_LIMITS.maxCborDepth)],
  [CODEC_DAG_JSON, (bytes) => jsonLinks(bytes, DAG_LIMITS.maxCborDepth)],
])

const NO_LINKS: readonly BlockKey[] = []

/** Hash functions of today have 64 bytes; what is longer is no digest, and no key for an index. */
const MAX_DIGEST_BYTES = DAG_LIMITS.maxIdentityBytes

const parse = (codec: number, bytes: Uint8Array, parser: LinkParser | undefined): readonly CID[] => {
  if (parser === undefined)
    throw new HoldfastError('unsupported_cid', { detail: `Blocks of codec 0x${codec.toString(16)} cannot be stored.` })
  try {
    return parser(bytes)
  } catch (cause) {
    throw new HoldfastError('invalid_request', { detail: 'A block is not what its codec says.', cause })
  }
}

/**
 * The CIDs that a block links to as they stand in it, duplicates and identity CIDs included.
 * @throws HoldfastError `unsupported_cid` for codecs without a parser, `invalid_request` for bytes that do not parse or are nested too deep.
 */
export const linkedCids = (codec: number, bytes: Uint8Array): readonly CID[] =>
  parse(codec, bytes, LINK_PARSERS.get(codec))

// An identity CID holds its bytes itself: nothing of it is stored, what it links to counts as linked from outside.
const addTargets = (cid: CID, into: Set<BlockKey>, realm: string): void => {
  if (cid.multihash.digest.length > MAX_DIGEST_BYTES && !isIdentity(cid))
    throw new HoldfastError('unsupported_cid', { detail: 'A digest may have 128 bytes at most.' })
  if (!isIdentity(cid)) {
    into.add(blockKey(cid))
    return
  }
  checkIdentity(cid)
  if (isFlatRealm(realm)) return
  for (const link of linkedCids(cid.code, cid.multihash.digest)) addForeign(link, into, realm)
}

// Whoever could link to a list that is none of theirs would hold what others brought.
const addForeign = (cid: CID, into: Set<BlockKey>, realm: string): void => {
  if (cid.code === LIST_CODEC) throw new HoldfastError('unsupported_cid', { detail: 'A list is no part of a DAG.' })
  addTargets(cid, into, realm)
}

/** Where the CIDs of a block's links are, for the codecs that blocks of many links have. */
const SCANS = new Map<number, (bytes: Uint8Array, onLink: (start: number, end: number) => void) => void>([
  [CODEC_DAG_CBOR, (bytes, onLink) => scanCborLinks(bytes, DAG_LIMITS.maxCborDepth, onLink)],
  [CODEC_DAG_PB, (bytes, onLink) => decodePbNode(bytes).links.forEach(({ start, end }) => onLink(start, end))],
])

// Keys straight from the bytes: a block of 2 MiB may have 50,000 links, and a CID takes ten times the memory of a key.
const addLinks = (codec: number, bytes: Uint8Array, into: Set<BlockKey>, realm: string): void => {
  const scan = SCANS.get(codec)
  if (scan === undefined) {
    for (const link of linkedCids(codec, bytes)) addForeign(link, into, realm)
    return
  }
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const others: CID[] = []
  parse(codec, bytes, () => {
    scan(bytes, (start, end) => {
      const key = usualKey(buffer, start, end)
      if (key === undefined) others.push(CID.decode(bytes.subarray(start, end)))
      else into.add(key)
    })
    return []
  })
  for (const link of others) addForeign(link, into, realm)
}

/** Of a sha2-256 CID of version 0, or of version 1 with a codec of one byte. */
const usualKey = (bytes: Buffer, start: number, end: number): BlockKey | undefined => {
  if (end - start === 34 && bytes[start] === 0x12 && bytes[start + 1] === 32)
    return `${bytes.toString('latin1', start, end)}\x70`
  const codec = bytes[start + 1] ?? 0x80
  if (end - start !== 36 || bytes[start] !== 1 || codec >= 0x80) return undefined
  if (bytes[start + 2] !== 0x12 || bytes[start + 3] !== 32) return undefined
  return bytes.toString('latin1', start + 2, end) + String.fromCharCode(codec)
}

/**
 * The distinct stored blocks that a block holds in this realm: those that it links to, or in a flat realm those of a list alone.
 * @throws HoldfastError `unsupported_cid` for codecs without a parser, `invalid_request` for bytes that do not parse.
 */
export const blockLinks = (codec: number, bytes: Uint8Array, realm: string): readonly BlockKey[] => {
  if (codec === CODEC_RAW) return NO_LINKS
  const links = new Set<BlockKey>()
  if (codec === LIST_CODEC) for (const link of parse(codec, bytes, decodeBlockList)) addTargets(link, links, realm)
  else if (!isFlatRealm(realm)) addLinks(codec, bytes, links, realm)
  else if (!LINK_PARSERS.has(codec)) parse(codec, bytes, undefined)
  return links.size === 0 ? NO_LINKS : [...links]
}

/** The stored blocks that a root on this CID holds: itself, or what an identity CID links to. */
export const rootTargets = (cid: CID, realm: string): readonly BlockKey[] => {
  const targets = new Set<BlockKey>()
  addTargets(cid, targets, realm)
  return [...targets]
}
