import type { CID } from 'multiformats/cid'
import { CODEC_RAW } from '@packages/shared/cid'
import { type BlockKey, blockKey, isIdentity, keyToCid } from '../block-store/block-key.ts'
import { linkedCids } from '../block-store/block-links.ts'
import type { BlockSource } from '../block-source.ts'
import { KeyTable } from '../car/key-table.ts'
import { DagLimitError, MissingBlockError } from '../unixfs/dag-errors.ts'
import { DAG_LIMITS, type DagLimits } from './dag-limits.ts'

export type WalkDagOptions = {
  signal?: AbortSignal
  limits?: Pick<DagLimits, 'maxWalkDepth' | 'maxBlocks' | 'maxBytes'>
  /** Blocks that were given already and are not given again; what is below them is walked all the same. */
  given?: readonly CID[]
  /** Each block as often as it is linked to, those of `given` too. */
  repeats?: boolean
}

/** A block as it was linked to (version 0 or 1 of its CID), with its verified bytes. */
export type WalkedBlock = { cid: CID; bytes: Uint8Array }

/** What is left of a node's links: numbers of the key table, twice, plus one for a CID of version 0. */
type Frame = { links: Uint32Array; next: number }

/**
 * Every block below `root` once (or with `repeats` each time), depth first, a node before its children and these in the order of its links: the same DAG always gives the same
 * sequence. Identity CIDs hold their block themselves; they are gone through and not given. Takes some 50 bytes for each distinct CID.
 * @throws MissingBlockError, DagLimitError; what `source` throws for damaged blocks; the signal's reason
 */
export async function* walkDag(
  source: BlockSource,
  root: CID,
  { signal, limits = DAG_LIMITS, given = [], repeats = false }: WalkDagOptions = {},
): AsyncGenerator<WalkedBlock, void, undefined> {
  const table = new KeyTable()
  const visited = new VisitedNumbers()
  const skipped = new Set<BlockKey>(given.map(blockKey))
  const frames: Frame[] = []
  let blocks = 0
  let bytesRead = 0
  const open = (cids: readonly CID[]): void => {
    if (frames.length >= limits.maxWalkDepth) throw new DagLimitError(root, `it is deeper than ${limits.maxWalkDepth}`)
    const links = flatten(cids).map((cid) => table.number(blockKey(cid)) * 2 + (cid.version === 0 ? 1 : 0))
    if (table.size > limits.maxBlocks) throw new DagLimitError(root, `it has more than ${limits.maxBlocks} blocks`)
    if (links.length > 0) frames.push({ links: Uint32Array.from(links), next: 0 })
  }
  open([root])
  for (let frame = frames.at(-1); frame !== undefined; frame = frames.at(-1)) {
    const link = frame.links[frame.next++]
    if (link === undefined) {
      frames.pop()
      continue
    }
    if (!repeats && !visited.add(link >> 1)) continue
    const key = table.key(link >> 1)
    const cid = asLinked(key, link)
    signal?.throwIfAborted()
    const bytes = await source.get(cid, signal === undefined ? undefined : { signal })
    if (bytes === undefined) throw new MissingBlockError(cid)
    bytesRead += bytes.length
    if (++blocks > limits.maxBlocks || bytesRead > limits.maxBytes)
      throw new DagLimitError(root, `it has more than ${limits.maxBlocks} blocks or ${limits.maxBytes} bytes`)
    if (repeats || !skipped.has(key)) yield { cid, bytes }
    if (cid.code !== CODEC_RAW) open(linkedCids(cid.code, bytes))
  }
}

const asLinked = (key: BlockKey, link: number): CID => {
  const cid = keyToCid(key)
  return (link & 1) === 1 ? cid.toV0() : cid
}

// An identity CID of 128 bytes cannot nest deep.
const flatten = (cids: readonly CID[]): CID[] =>
  cids.flatMap((cid) => (isIdentity(cid) ? flatten(linkedCids(cid.code, cid.multihash.digest)) : [cid]))

/** A set of small numbers, a bit for each. */
class VisitedNumbers {
  #bits = new Uint8Array(1_024)

  /** False when the number was there. */
  add(number: number): boolean {
    const index = number >> 3
    if (index >= this.#bits.length) {
      const bits = new Uint8Array(Math.max(this.#bits.length * 2, index + 1))
      bits.set(this.#bits)
      this.#bits = bits
    }
    const bit = 1 << (number & 7)
    const byte = this.#bits[index] as number
    this.#bits[index] = byte | bit
    return (byte & bit) === 0
  }
}
