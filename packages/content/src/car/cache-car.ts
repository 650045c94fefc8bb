import { HoldfastError } from '@packages/shared/holdfast-error'
import { blockKey, isIdentity, keyToCid } from '../block-store/block-key.ts'
import type { BlockStore, StoredRoot } from '../block-store/block-store.ts'
import { CAR_LIMITS } from '../dag/dag-limits.ts'
import { invalidCar } from './car-errors.ts'
import { KeyTable } from './key-table.ts'
import { readCar } from './read-car.ts'

/** What is served and pinned by nobody: flat, so that DAGs may lack blocks, and evictable. */
export const CACHE_REALM = 'cache'

export type CacheCarOptions = {
  store: Pick<BlockStore, 'beginUpload' | 'release' | 'settle' | 'roots'>
  /** Never used before. */
  contentId: string
  /** What the whole realm may hold; older CARs go for a new one. */
  maxBytes: number
  signal?: AbortSignal
}

/** Distinct blocks of the CAR and their bytes; `evicted`: CARs that had to go for it. */
export type CachedCar = { blocks: number; bytes: number; evicted: number }

/**
 * Takes every block of a CAR into the realm `cache`, under a list of its own: whether their DAGs are whole, and what the header names as roots, does not
 * matter. Each block is hashed before it is stored; whatever fails leaves nothing.
 * @throws HoldfastError what `readCar` throws; `invalid_car` for one without blocks; `payload_too_large` above `maxBytes`; `insufficient_storage`
 */
export const cacheCar = async (source: AsyncIterable<Uint8Array>, options: CacheCarOptions): Promise<CachedCar> => {
  const { store, contentId, maxBytes } = options
  const signal = options.signal === undefined ? {} : { signal: options.signal }
  const upload = store.beginUpload({ realm: CACHE_REALM, contentId, trusted: true, ...signal })
  try {
    const keys = new KeyTable()
    let bytes = 0
    const { blocks } = await readCar(source, signal)
    for await (const run of blocks) {
      for (const { cid, parts, length } of run) {
        const known = keys.size
        if (isIdentity(cid) || keys.number(blockKey(cid)) < known) continue
        bytes += length
        if (bytes > maxBytes || keys.size > CAR_LIMITS.maxCids || keys.odd > CAR_LIMITS.maxOddCids)
          throw new HoldfastError('payload_too_large', {
            detail: 'The CAR is larger than what may be kept without a pin.',
          })
        await upload.putParts(cid, parts, length)
      }
    }
    if (keys.size === 0) throw invalidCar('it holds no blocks')
    const list = upload.beginList()
    for (let number = 0; number < keys.size; number++) await list.add(keyToCid(keys.key(number)))
    await upload.commit(await list.finish(), { dagSize: bytes, blocks: keys.size })
    store.settle(contentId)
    return { blocks: keys.size, bytes, evicted: await evictCache(store, maxBytes) }
  } finally {
    await upload.abort()
  }
}

/** Lets the oldest CARs go until the realm holds `maxBytes` at most, and those that came once more since. @returns how many went */
export const evictCache = async (store: Pick<BlockStore, 'release' | 'roots'>, maxBytes: number): Promise<number> => {
  const roots: StoredRoot[] = []
  for await (const root of store.roots({ realm: CACHE_REALM })) roots.push(root)
  // Content ids are UUIDv7: of one millisecond they stand in their order.
  roots.sort((a, b) => b.addedAt - a.addedAt || (a.contentId < b.contentId ? 1 : -1))
  const kept = new Set<string>()
  let bytes = 0
  let released = 0
  for (const { cid, contentId, bytes: size = 0 } of roots) {
    const list = cid.toString()
    const isRepeated = kept.has(list)
    if (!isRepeated) bytes += size
    kept.add(list)
    if (!isRepeated && bytes <= maxBytes) continue
    await store.release(contentId)
    if (!isRepeated) released++
  }
  return released
}
