import type { BlockKey } from '@packages/content/block-store/block-key'
import { codecOfKey, keyToCid } from '@packages/content/block-store/block-key'
import { blockLinks, rootTargets } from '@packages/content/block-store/block-links'
import type { BlockStore } from '@packages/content/block-store/block-store'
import { KeyTable } from '@packages/content/car/key-table'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { CID } from 'multiformats/cid'
import { BackendError, type FetchLimits } from '../pin-backend.ts'
import type { FetchParts } from './fetch-parts.ts'

export type FetchDagDeps = {
  store: Pick<BlockStore, 'beginUpload' | 'holds'>
  /** A block from whoever sends it, of the hash that was asked for; @throws the signal's reason */
  get(cid: CID, signal: AbortSignal): Promise<Uint8Array>
  /** Where blocks are that an earlier try has brought, and where those go that this one brings. */
  parts: Pick<FetchParts, 'get' | 'add'>
  /** Told of each block that came. */
  onBlock(bytes: number): void
}

/** Blocks that are asked for at the same time; each may have 2 MiB. */
const AHEAD = 32

type Open = { number: number; depth: number }

/**
 * Brings a root and all below it into the store, under a content id. What the store holds already is not asked for again, nor what is below it. Blocks are
 * hashed when they come, and nothing is visible before everything is there.
 * @throws BackendError `limit_bytes` | `limit_blocks` | `limit_depth` | `corrupt_dag` | `unsupported_cid`; the signal's reason; what the store throws
 */
export const fetchDag = async (
  { store, get, parts, onBlock }: FetchDagDeps,
  { contentId, cid }: { contentId: string; cid: CID },
  { limits, signal }: { limits: Pick<FetchLimits, 'maxBytes' | 'maxBlocks' | 'maxDepth'>; signal: AbortSignal },
): Promise<void> => {
  const failing = new AbortController()
  const ended = AbortSignal.any([signal, failing.signal])
  const upload = store.beginUpload({ realm: 'public', contentId, signal: ended })
  const table = new KeyTable()
  const open: Open[] = []
  let bytes = 0
  const addAll = (keys: readonly BlockKey[], depth: number): void => {
    // Depth first, in the order of the links: the last one put is the next one taken.
    for (const key of keys.toReversed()) {
      const known = table.size
      const number = table.number(key)
      if (table.size === known || store.holds('public', key)) continue
      if (depth > limits.maxDepth) throw new BackendError('limit_depth', `It is deeper than ${limits.maxDepth} blocks.`)
      if (table.size > limits.maxBlocks)
        throw new BackendError('limit_blocks', `It has more than ${limits.maxBlocks} blocks.`)
      open.push({ number, depth })
    }
  }
  const bring = async ({ number, depth }: Open): Promise<void> => {
    const key = table.key(number)
    const block = keyToCid(key)
    const kept = await parts.get(block)
    const data = kept ?? (await get(block, ended))
    // First of all: what came is not asked for again, whatever ends this try.
    if (kept === undefined) await parts.add(block, data)
    bytes += data.length
    if (bytes > limits.maxBytes) throw new BackendError('limit_bytes', `It has more than ${limits.maxBytes} bytes.`)
    const links = linksOf(codecOfKey(key), data)
    await upload.put(block, data, links)
    onBlock(data.length)
    addAll(links, depth + 1)
  }
  const running = new Set<Promise<void>>()
  try {
    addAll(targetsOf(cid), 1)
    while (open.length > 0 || running.size > 0) {
      ended.throwIfAborted()
      for (let next = running.size < AHEAD ? open.pop() : undefined; next !== undefined; ) {
        // The first failure ends it all, whoever is waited for when it comes.
        const one = bring(next)
          .catch((error: unknown) => failing.abort(error))
          .finally(() => running.delete(one))
        running.add(one)
        next = running.size < AHEAD ? open.pop() : undefined
      }
      await Promise.race(running)
    }
    ended.throwIfAborted()
    await upload.commit(cid)
  } catch (error) {
    failing.abort(error)
    await Promise.allSettled(running)
    await upload.abort()
    throw error
  }
}

const targetsOf = (cid: CID): readonly BlockKey[] => {
  try {
    return rootTargets(cid, 'public')
  } catch (cause) {
    throw refusal(cause)
  }
}

const linksOf = (codec: number, data: Uint8Array): readonly BlockKey[] => {
  try {
    return blockLinks(codec, data, 'public')
  } catch (cause) {
    throw refusal(cause)
  }
}

const refusal = (cause: unknown): unknown => {
  if (!(cause instanceof HoldfastError)) return cause
  if (cause.code === 'unsupported_cid')
    return new BackendError('unsupported_cid', cause.detail ?? 'It has a CID that cannot be stored.', { cause })
  return new BackendError('corrupt_dag', 'A block is not what its codec says.', { cause })
}
