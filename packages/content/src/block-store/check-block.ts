import type { CID } from 'multiformats/cid'
import {
  type BlockKey,
  blockKeyBytes,
  bytesToKey,
  isIdentity,
  isKeyOf,
  keyToBytes,
  keyToCid,
  multihashOfKey,
} from './block-key.ts'
import { matchesHash } from './hash-block.ts'
import { type BlockLocation, decodeLocation } from './index-entry.ts'
import { checkLength } from './segment-pool.ts'
import { brokenRoot, ownersOf, rootOf } from './root-keys.ts'
import { isMisplaced } from './near-key.ts'
import type { StoreCore } from './store-core.ts'
import { isUnreadable } from './store-error.ts'

/** Why a block cannot be served: its bytes are others, or cannot be read at all. */
export type DamageReason = 'hash_mismatch' | 'unreadable'
export type BlockState =
  | { state: 'sound' | 'absent' }
  /** `cid`: as it is held, which may be another codec than was asked for. */
  | { state: 'damaged'; cid: CID; reason: DamageReason }

const TRIES = 4
const MAX_OWNERS = 16

/**
 * Reads a block's place anew and hashes it. What is damaged is noted, so that no process serves it from what it has hashed before and the next upload of the block
 * writes it again; a note that has turned out wrong is taken back.
 */
export const checkBlock = async (core: StoreCore, realm: string, cid: CID): Promise<BlockState> => {
  const key = heldKey(core, realm, cid)
  if (key === undefined) return isLost(core, { realm, cid }) ? noteLost(core, { realm, cid }) : { state: 'absent' }
  for (let attempt = 1; ; attempt++) {
    const location = locationOf(core, realm, key)
    if (location === undefined) return { state: 'absent' }
    const reason = await judge(core, key, location)
    // Moved or released meanwhile: what was read says nothing.
    const now = locationOf(core, realm, key)
    if ((now?.segment !== location.segment || now.offset !== location.offset) && attempt < TRIES) continue
    noteDamage(core, { location, realm, key }, reason)
    return reason === undefined ? { state: 'sound' } : { state: 'damaged', cid: keyToCid(key), reason }
  }
}

/** Whether the index should have this block and does not: it has a root on it, or an entry whose key has flipped. */
export const isLost = (core: StoreCore, block: { realm: string; cid: CID }): boolean =>
  !isIdentity(block.cid) &&
  heldKey(core, block.realm, block.cid) === undefined &&
  (isMisplaced(core.index.blocks(block.realm), core.pool, block.cid) || ownersOf(core.index.roots, block, 1).length > 0)

// Without its entry the bytes of a root may still lie in a segment, where only a rebuild finds them: none is removed until then.
const noteLost = (core: StoreCore, { realm, cid }: { realm: string; cid: CID }): BlockState => {
  const owners = isMisplaced(core.index.blocks(realm), core.pool, cid)
    ? []
    : ownersOf(core.index.roots, { realm, cid }, MAX_OWNERS)
  const unknown = owners.filter((contentId) => brokenRoot(core.index, contentId) === undefined)
  core.noteBroken(
    unknown.map((contentId) => ({ contentId, realm, segment: rootOf(core.index, contentId)?.value.segment ?? 0 })),
  )
  return { state: 'damaged', cid, reason: 'unreadable' }
}

/** Writes down what was found at a place, where that is news. */
const noteDamage = (
  core: StoreCore,
  { location, realm, key }: { location: BlockLocation; realm: string; key: BlockKey },
  reason: DamageReason | undefined,
): void => {
  if (core.damage.has(location) === (reason !== undefined)) return
  core.transaction(() => (reason === undefined ? core.damage.remove(location) : core.damage.add(location, realm, key)))
}

/** The key that a block is held under: its own, or one with another codec, for the bytes are the same. */
export const heldKey = (core: StoreCore, realm: string, cid: CID): BlockKey | undefined => {
  if (isIdentity(cid)) return undefined
  const blocks = core.index.blocks(realm)
  const own = blockKeyBytes(cid)
  if (blocks.doesExist(own)) return bytesToKey(own)
  const prefix = Buffer.from(cid.multihash.bytes)
  for (const key of blocks.getKeys({ start: prefix, limit: 1 }))
    if (isKeyOf(key, prefix)) return bytesToKey(Buffer.from(key))
  return undefined
}

const locationOf = (core: StoreCore, realm: string, key: BlockKey): BlockLocation | undefined => {
  const value = core.index.blocks(realm).get(keyToBytes(key))
  return value === undefined ? undefined : decodeLocation(value)
}

const judge = async (core: StoreCore, key: BlockKey, location: BlockLocation): Promise<DamageReason | undefined> => {
  try {
    checkLength(location.length)
    const bytes = Buffer.allocUnsafeSlow(location.length)
    await core.pool.read(location.segment, bytes, 0, location.length, location.offset)
    return matchesHash(multihashOfKey(key), bytes) ? undefined : 'hash_mismatch'
  } catch (error) {
    if (isUnreadable(error)) return 'unreadable'
    throw error
  }
}
