import { HoldfastError } from '@packages/shared/holdfast-error'
import type { CID } from 'multiformats/cid'
import type { BatchApply, BatchItem, BatchPlan, BufferedBlock } from './batch-item.ts'
import { type BlockKey, blockKey, keyToBytes, keyToCid } from './block-key.ts'
import { heldKey, isLost } from './check-block.ts'
import { matchesHash } from './hash-block.ts'
import { mendBlock } from './mend-blocks.ts'
import type { RealmWriter } from './realm-writer.ts'
import type { StoreCore } from './store-core.ts'

/** See `BlockStore.heal`. */
export const healBlock = async (
  core: StoreCore,
  writer: RealmWriter,
  { realm, cid, bytes }: { realm: string; cid: CID; bytes: Uint8Array },
): Promise<boolean> => {
  if (!matchesHash(cid.multihash, bytes))
    throw new HoldfastError('invalid_request', { detail: `A block does not match its CID ${cid}.` })
  const key = heldKey(core, realm, cid)
  if (key === undefined && !isLost(core, { realm, cid })) return false
  return new Promise((resolve, reject) =>
    writer.enqueue(new HealItem(key ?? blockKey(cid), bytes, { resolve, reject })),
  )
}

/**
 * A sound copy of a block whose place is damaged. It needs no marker of its own: a rebuild takes the first copy whose hash fits, whatever the markers say, and a crash
 * before the index transaction leaves the block as it was, to be healed again. A root block that the index has lost gets its entry back.
 */
class HealItem implements BatchItem {
  readonly size: { blocks: number; bytes: number }
  readonly frees = false
  readonly #block: BufferedBlock
  readonly #settle: { resolve: (healed: boolean) => void; reject: (error: unknown) => void }
  #healed = false

  constructor(
    key: BlockKey,
    bytes: Uint8Array,
    settle: { resolve: (healed: boolean) => void; reject: (error: unknown) => void },
  ) {
    this.#block = { key, bytes, links: [], location: undefined }
    this.#settle = settle
    this.size = { blocks: 1, bytes: bytes.length }
  }

  plan({ core, realm }: BatchPlan): { marker: undefined; write: BufferedBlock[] } | undefined {
    const { key } = this.#block
    if (!core.index.blocks(realm).doesExist(keyToBytes(key)) && !isLost(core, { realm, cid: keyToCid(key) })) {
      this.#settle.resolve(false)
      return undefined
    }
    core.reserve.check()
    return { marker: undefined, write: [this.#block] }
  }

  apply({ core, change }: BatchApply): void {
    const { key, location } = this.#block
    if (location === undefined) return
    if (change.has(key)) this.#healed = mendBlock(core, change, key, location)
    else {
      change.restore(key, location)
      this.#healed = true
    }
  }

  settle(): 'done' {
    this.#settle.resolve(this.#healed)
    return 'done'
  }

  fail(error: unknown): void {
    this.#settle.reject(error)
  }
}
