import type { Database } from '@packages/db/open-database'
import type { MinimalLogger } from '@packages/runtime/minimal-logger'
import { parseCid } from '@packages/shared/cid'
import { sql } from 'kysely'
import { cidOnNode } from '../cid-on-node.ts'
import { noteReleased } from '../garbage/collect-garbage.ts'
import type { PinBackend } from '../pin-backend.ts'
import { liveTwin } from './live-twin.ts'
import { recallCopies } from './recall-copies.ts'
import type { RootLocks } from '../root-locks.ts'
import type { StoreGate } from '../store-gate.ts'

export type ReleaseReplicasDeps = {
  db: Pick<Database, 'kysely'>
  backend: PinBackend
  /** The own store's node: `releaseContents` gives back what lies there. */
  ownNodeId: string
  locks: RootLocks
  gate: StoreGate
  logger: MinimalLogger
}

type Leaving = {
  contentId: string
  nodeId: string
  cid: string
  realm: 'public' | 'private'
  isForeign: boolean
  dagSize: number
}

const BATCH = 100
const AGAIN_MS = 60_000

/**
 * Takes copies away that a tombstone names, from nodes other than the own store; a tombstone is worked off with the last of them. What was pinned there by somebody
 * else is only forgotten.
 * @returns how many copies have gone
 */
export const releaseReplicas = async (deps: ReleaseReplicasDeps, signal: AbortSignal): Promise<number> => {
  let gone = 0
  for (const copy of await leavingReplicas(deps)) {
    if (signal.aborted || !deps.gate.isOpen()) break
    const cid = parseCid(copy.cid)
    const root = { contentId: copy.contentId, cid, network: copy.realm, dagSize: null }
    try {
      // Somebody is making a copy of the same CID there: the pin may be the one that it will stand on.
      const done = await deps.locks.runIfFree(copy.nodeId, cid, async () => {
        if (!(await stillLeaves(deps, copy))) return false
        const keep = await liveTwin(deps, copy)
        if (!copy.isForeign) await deps.backend.release(copy.nodeId, root, { keep, signal })
        await forget(deps, copy)
        return true
      })
      if (done === true) gone++
    } catch (error) {
      if (signal.aborted) break
      deps.logger.warn({ err: error, contentId: copy.contentId, nodeId: copy.nodeId }, 'a copy could not be released')
      await sql`
        update replicas set next_try_at = now() + ${AGAIN_MS}::float8 * interval '1 millisecond'
        where content_id = ${copy.contentId} and node_id = ${copy.nodeId} and status = 'releasing'
      `.execute(deps.db.kysely)
    }
  }
  return gone
}

const leavingReplicas = async ({ db, ownNodeId }: ReleaseReplicasDeps): Promise<Leaving[]> => {
  const { rows } = await sql<Leaving>`
    select r.content_id as "contentId", r.node_id as "nodeId", ${cidOnNode} as cid, c.realm, r.is_foreign as "isForeign",
      coalesce(c.dag_size, 0) as "dagSize"
    from replicas r join contents c on c.id = r.content_id join nodes n on n.id = r.node_id
    where r.status = 'releasing' and r.node_id <> ${ownNodeId} and n.state = 'up'
      and (n.gc_until is null or n.gc_until < clock_timestamp())
      and (r.next_try_at is null or r.next_try_at <= now()) 
      and (
        (c.state = 'released' and exists (select from tombstones t where t.content_id = c.id and t.released_at is null))
        or (c.state = 'held' and exists (
          select from node_tombstones t where t.content_id = c.id and t.node_id = r.node_id and t.reason <> 'orphan')))
    limit ${BATCH}
  `.execute(db.kysely)
  return rows
}

/**
 * Of a content that lives, a copy goes only while the least that is wished for is confirmed without it: else it is wanted again, and needs the node's
 * word before it counts. An upload may have taken it for its own meanwhile.
 */
const stillLeaves = async ({ db }: ReleaseReplicasDeps, { contentId, nodeId }: Leaving): Promise<boolean> =>
  db.kysely.transaction().execute(async (tx) => {
    const { rows } = await sql<{ state: string; confirmed: number; copies_min: number }>`
      select state, confirmed, copies_min from contents where id = ${contentId} for update
    `.execute(tx)
    const [content] = rows
    const { rows: leaving } = await sql`
      select from replicas where content_id = ${contentId} and node_id = ${nodeId} and status = 'releasing'
    `.execute(tx)
    if (content === undefined || leaving.length === 0) return false
    if (content.state === 'released') return true
    // Nothing else is left of it: whoever brings it again may find it there.
    if (content.state === 'wanted') return false
    if (content.confirmed >= Math.max(1, content.copies_min)) return true
    await recallCopies(tx, { contentId, nodeId })
    return false
  })

const forget = async ({ db }: ReleaseReplicasDeps, { contentId, nodeId, dagSize }: Leaving): Promise<void> => {
  await db.kysely.transaction().execute(async (tx) => {
    await noteReleased(nodeId, dagSize).execute(tx)
    // Two nodes that let go at the same time would each see the other's copy.
    await sql`select from tombstones where content_id = ${contentId} for update`.execute(tx)
    await sql`
      delete from replicas where content_id = ${contentId} and node_id = ${nodeId} and status = 'releasing'
    `.execute(tx)
    await sql`delete from node_tombstones where content_id = ${contentId} and node_id = ${nodeId}`.execute(tx)
    await sql`
      update tombstones t set released_at = now() where t.content_id = ${contentId} and t.released_at is null
        and not exists (select from replicas r where r.content_id = t.content_id)
    `.execute(tx)
  })
}
