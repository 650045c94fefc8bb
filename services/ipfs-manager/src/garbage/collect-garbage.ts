import type { Database } from '@packages/db/open-database'
import type { MinimalLogger } from '@packages/runtime/minimal-logger'
import { sql } from 'kysely'
import { BackendError, type PinBackend } from '../pin-backend.ts'

export type CollectGarbageDeps = {
  db: Pick<Database, 'kysely'>
  /** Its nodes are gated: see `gatedBackend`. */
  backend: Pick<PinBackend, 'collectGarbage'>
  /** The own store compacts itself. */
  nodeId: string
  logger: MinimalLogger
}

const MINUTE_MS = 60_000
/** When somebody pinned there all the time, or it failed. */
const AGAIN_MS = 10 * MINUTE_MS

/** A node as it is decided whether its garbage is due. `releasedForMs`: since the first release that was not collected; null without. */
export type GarbageFacts = {
  releasedBytes: number
  releasedForMs: number | null
  usedBytes: number | null
  capacityBytes: number | null
  /** Since it was collected last; null: never. */
  collectedForMs: number | null
}

const MUCH_BYTES = 2 ** 30
const RELEASED_MS = 10 * MINUTE_MS
const FULL = 0.8
const VERY_FULL = 0.9
const VERY_FULL_EVERY_MS = 60 * MINUTE_MS

/**
 * Whether a node's garbage is to be collected: something was released there, and it is much, or some time ago, or the node is rather full. A node that takes
 * no more is collected once an hour whatever was released: fetches that failed leave blocks behind that no row tells of.
 */
export const isGarbageDue = (node: GarbageFacts): boolean => {
  const { releasedBytes, releasedForMs, usedBytes, capacityBytes, collectedForMs } = node
  const used = usedBytes === null || capacityBytes === null || capacityBytes === 0 ? 0 : usedBytes / capacityBytes
  if (releasedForMs !== null && (releasedBytes >= MUCH_BYTES || releasedForMs >= RELEASED_MS || used >= FULL))
    return true
  return used >= VERY_FULL && (collectedForMs === null || collectedForMs >= VERY_FULL_EVERY_MS)
}

/** Collects the garbage of nodes where it is due, one after the other: never all of them at once. @returns bytes that came back, by node */
export const collectDueGarbage = async (
  deps: CollectGarbageDeps,
  signal: AbortSignal,
): Promise<Map<string, number>> => {
  const freed = new Map<string, number>()
  for (const { nodeId, ...facts } of await readFacts(deps)) {
    if (signal.aborted) break
    if (!isGarbageDue(facts)) continue
    const bytes = await collect(deps, nodeId, signal)
    if (bytes !== undefined) freed.set(nodeId, bytes)
  }
  return freed
}

const collect = async (
  { db, backend, logger }: CollectGarbageDeps,
  nodeId: string,
  signal: AbortSignal,
): Promise<number | undefined> => {
  // What is released from here on may be missed by this pass.
  const { rows } = await sql<{ bytes: number; now: string }>`
    select released_bytes as bytes, clock_timestamp()::text as now from nodes where id = ${nodeId}
  `.execute(db.kysely)
  const [before] = rows
  if (before === undefined) return undefined
  try {
    const freed = (await backend.collectGarbage(nodeId, signal)) ?? 0
    await sql`
      update nodes set gc_at = clock_timestamp(), gc_after = null,
        released_bytes = greatest(0, released_bytes - ${before.bytes}),
        released_since = case when released_bytes > ${before.bytes} then ${before.now}::timestamptz end
      where id = ${nodeId}
    `.execute(db.kysely)
    logger.info({ nodeId, bytes: freed }, 'the garbage of a node was collected')
    return freed
  } catch (error) {
    if (signal.aborted) return undefined
    if (!(error instanceof BackendError)) throw error
    logger.warn({ err: error, nodeId }, 'the garbage of a node could not be collected; it is tried again')
    await sql`
      update nodes set gc_after = clock_timestamp() + ${AGAIN_MS}::float8 * interval '1 millisecond' where id = ${nodeId}
    `.execute(db.kysely)
    return undefined
  }
}

const readFacts = async ({ db, nodeId }: CollectGarbageDeps): Promise<(GarbageFacts & { nodeId: string })[]> => {
  const { rows } = await sql<GarbageFacts & { nodeId: string }>`
    select n.id as "nodeId", n.released_bytes as "releasedBytes", n.used_bytes as "usedBytes", n.capacity_bytes as "capacityBytes",
      (extract(epoch from clock_timestamp() - n.released_since) * 1000)::float8 as "releasedForMs",
      (extract(epoch from clock_timestamp() - n.gc_at) * 1000)::float8 as "collectedForMs"
    from nodes n
    where n.id <> ${nodeId} and n.kind = 'kubo' and n.state = 'up' and n.intent <> 'removed'
      and (n.gc_after is null or n.gc_after <= clock_timestamp())
    order by n.gc_at nulls first
  `.execute(db.kysely)
  return rows
}

/**
 * Noted when a pin has gone from a node: its blocks are garbage now, unless another pin shares them. In the transaction that forgets the copy. What weighs nothing, or
 * nobody knows how much, is a byte: a pass that runs in the meantime sees by the sum that something was released.
 */
export const noteReleased = (nodeId: string, bytes: number) => sql`
  update nodes set released_bytes = released_bytes + ${Math.max(1, bytes)}, released_since = coalesce(released_since, clock_timestamp())
  where id = ${nodeId}
`
