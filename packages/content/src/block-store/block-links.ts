import * as dagPb from '@ipld/dag-pb'
import { CODEC_DAG_PB, CODEC_RAW } from '@packages/shared/cid'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { CID } from 'multiformats/cid'
import { type BlockKey, blockKey, checkIdentity, isIdentity } from './block-key.ts'

type LinkParser = (bytes: Uint8Array) => Iterable<CID>

/** How the children of a block are found, by codec. A codec that is not here cannot be stored: its links would not count. */
const LINK_PARSERS = new Map<number, LinkParser>([
  [CODEC_RAW, () => []],
  [CODEC_DAG_PB, (bytes) => dagPb.decode(bytes).Links.map((link) => link.Hash)],
])

const NO_LINKS: readonly BlockKey[] = []

const collect = (codec: number, bytes: Uint8Array, into: Set<BlockKey>): void => {
  const parse = LINK_PARSERS.get(codec)
  if (parse === undefined)
    throw new HoldfastError('unsupported_cid', { detail: `Blocks of codec 0x${codec.toString(16)} cannot be stored.` })
  let links: Iterable<CID>
  try {
    links = parse(bytes)
  } catch (cause) {
    throw new HoldfastError('invalid_request', { detail: 'A block is not what its codec says.', cause })
  }
  for (const link of links) addTargets(link, into)
}

// An identity CID holds its bytes itself: nothing of it is stored, what it links to counts as linked from outside.
const addTargets = (cid: CID, into: Set<BlockKey>): void => {
  if (!isIdentity(cid)) {
    into.add(blockKey(cid))
    return
  }
  checkIdentity(cid)
  collect(cid.code, cid.multihash.digest, into)
}

/**
 * The distinct stored blocks that a block links to.
 * @throws HoldfastError `unsupported_cid` for codecs without a parser, `invalid_request` for bytes that do not parse.
 */
export const blockLinks = (codec: number, bytes: Uint8Array): readonly BlockKey[] => {
  if (codec === CODEC_RAW) return NO_LINKS
  const links = new Set<BlockKey>()
  collect(codec, bytes, links)
  return [...links]
}

/** The stored blocks that a root on this CID holds: itself, or what an identity CID links to. */
export const rootTargets = (cid: CID): readonly BlockKey[] => {
  const targets = new Set<BlockKey>()
  addTargets(cid, targets)
  return [...targets]
}
