import type { Database } from '@packages/db/open-database'
import type { MinimalLogger } from '@packages/runtime/minimal-logger'
import { canonicalCid, parseCid } from '@packages/shared/cid'
import { sql } from 'kysely'
import { noteReleased } from '../garbage/collect-garbage.ts'
import { isOurs } from '../kubo/pin-label.ts'
import type { PinBackend } from '../pin-backend.ts'
import type { RootLocks } from '../root-locks.ts'
import type { StoreGate } from '../store-gate.ts'

export type NodeOrphansDeps = {
  db: Pick<Database, 'kysely'>
  backend: Pick<PinBackend, 'list' | 'release'>
  locks: RootLocks
  gate: StoreGate
  /** The own store's node: who we are in the labels of pins. */
  nodeId: string
  logger: MinimalLogger
}

export type NodeOrphans = { orphans: number; released: number; isHalted: boolean }

const WAIT_MS = 7 * 24 * 60 * 60_000
/** More of a node's pins than that without an owner is no leftover: somebody has to look (rule 9). */
const SHARE = 0.01
const AT_LEAST = 10
const RELEASED_A_RUN = 100

/**
 * Pins of a node that carry our label and that no row owns: uploads that were refused half-way, copies whose process died. They wait for seven days, by
 * the database's clock and by our own, which does not jump, and are asked for once more before they go. What does not carry our label is never touched.
 * @param elapsedMs since the last run, by a clock that does not jump; null for the first one
 */
export const collectNodeOrphans = async (
  deps: NodeOrphansDeps,
  nodeId: string,
  elapsedMs: number | null,
  signal: AbortSignal,
): Promise<NodeOrphans> => {
  const { db, logger } = deps
  const { ours, orphans } = await findOrphans(deps, nodeId, signal)
  // What has an owner by now, or has gone.
  await sql`
    delete from node_tombstones where node_id = ${nodeId} and reason = 'orphan' and cid <> all(${orphans}::text[])
  `.execute(db.kysely)
  await sql`
    update node_tombstones set waited_ms = waited_ms + ${Math.floor(elapsedMs ?? 0)}::bigint
    where node_id = ${nodeId} and reason = 'orphan'
  `.execute(db.kysely)
  await sql`
    insert into node_tombstones (node_id, cid, reason, due_at)
    select ${nodeId}, cid, 'orphan', now() + ${WAIT_MS}::float8 * interval '1 millisecond' from unnest(${orphans}::text[]) as x (cid)
    on conflict do nothing
  `.execute(db.kysely)
  const isHalted = orphans.length > Math.max(AT_LEAST, ours * SHARE)
  if (isHalted) {
    logger.error(
      { nodeId, orphans: orphans.length, ours },
      'ALARM: many pins of a node belong to nobody; none of them is released',
    )
    return { orphans: orphans.length, released: 0, isHalted }
  }
  return { orphans: orphans.length, released: await releaseDue(deps, nodeId, signal), isHalted }
}

const findOrphans = async (
  deps: NodeOrphansDeps,
  nodeId: string,
  signal: AbortSignal,
): Promise<{ ours: number; orphans: string[] }> => {
  let ours = 0
  const orphans: string[] = []
  for await (const page of deps.backend.list(nodeId, signal)) {
    const cids = page.filter(({ label }) => isOurs(label, deps.nodeId)).map(({ cid }) => canonicalCid(cid))
    ours += cids.length
    orphans.push(...(await unowned(deps, nodeId, cids)))
  }
  return { ours, orphans }
}

/** Those of them that no live content has a copy of there, and that no release is under way for. */
const unowned = async ({ db }: NodeOrphansDeps, nodeId: string, cids: readonly string[]): Promise<string[]> => {
  if (cids.length === 0) return []
  const { rows } = await sql<{ cid: string }>`
    select x.cid from unnest(${[...cids]}::text[]) as x (cid)
    where not exists (
      select from contents c join replicas r on r.content_id = c.id and r.node_id = ${nodeId}
      where c.realm in ('public', 'private') and c.cid = x.cid and c.state <> 'released')
    and not exists (select from fetches f join contents c on c.id = f.content_id
      where c.realm in ('public', 'private') and c.cid = x.cid and c.state <> 'released')
    and not exists (select from tombstones t where t.cid = x.cid and t.released_at is null)
    -- Private contents have another name on nodes.
    and not exists (
      select from contents c join replicas r on r.content_id = c.id and r.node_id = ${nodeId} where c.node_cid = x.cid)
  `.execute(db.kysely)
  return rows.map(({ cid }) => cid)
}

const releaseDue = async (deps: NodeOrphansDeps, nodeId: string, signal: AbortSignal): Promise<number> => {
  const { db, gate, locks, backend, logger } = deps
  const { rows } = await sql<{ cid: string }>`
    select cid from node_tombstones
    where node_id = ${nodeId} and reason = 'orphan' and due_at <= now() and waited_ms >= ${WAIT_MS}
    order by due_at limit ${RELEASED_A_RUN}
  `.execute(db.kysely)
  let released = 0
  for (const { cid: text } of rows) {
    if (signal.aborted || !gate.isOpen()) break
    const cid = parseCid(text)
    await locks.runIfFree(nodeId, cid, async () => {
      // An upload that stands on it holds the lock until its rows are written: what is seen now is so.
      if ((await unowned(deps, nodeId, [text])).length === 0) return
      await backend.release(
        nodeId,
        { contentId: nodeId, cid, network: 'public', dagSize: null },
        { keep: null, signal },
      )
      await sql`delete from node_tombstones where node_id = ${nodeId} and cid = ${text} and reason = 'orphan'`.execute(
        db.kysely,
      )
      await noteReleased(nodeId, 0).execute(db.kysely)
      released++
    })
  }
  if (released > 0) logger.warn({ nodeId, released }, 'pins of a node that belonged to nobody were released')
  return released
}
