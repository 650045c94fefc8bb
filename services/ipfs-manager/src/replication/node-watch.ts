import type { Database } from '@packages/db/open-database'
import type { MinimalLogger } from '@packages/runtime/minimal-logger'
import { refreshPins } from '@packages/db/pins/refresh-pins'
import type { UnitOfWorkContext } from '@packages/db/unit-of-work'
import { sql } from 'kysely'
import { countCopies } from '../count-copies.ts'
import type { NodeReport, PinBackend } from '../pin-backend.ts'

export type NodeWatchDeps = {
  db: Pick<Database, 'kysely' | 'unitOfWork'>
  backend: Pick<PinBackend, 'nodes'>
  /** A node that was not up for that long is down, and its copies do not count. */
  downAfterMs: number
  logger: MinimalLogger
}

const ASK_MS = 2_000
const BATCH = 1_000

/**
 * Asks all nodes how they are and writes it down. A node that has been silent for too long is down: its copies are `unreachable`, and what is short
 * of copies by that says so at once.
 * @returns nodes that have come back: they have to be asked what they hold before their copies count again
 */
export const watchNodes = async (deps: NodeWatchDeps, signal?: AbortSignal): Promise<string[]> => {
  const deadline = AbortSignal.timeout(2 * ASK_MS)
  const reports = await deps.backend.nodes(signal === undefined ? deadline : AbortSignal.any([signal, deadline]))
  const back: string[] = []
  for (const report of reports) {
    const change = await noteNode(deps, report)
    if (change === undefined) continue
    const { nodeId, reason } = report
    deps.logger.info({ nodeId, node: report.name, from: change.from, to: change.to, reason }, 'a node has changed')
    if (change.to === 'up' && change.from !== 'unknown') back.push(nodeId)
  }
  for (const { nodeId } of reports) if (await isDown(deps, nodeId)) await loseSight(deps, nodeId, signal)
  return back
}

type State = 'unknown' | NodeReport['state']

/** Silence is believed after a while: a reboot must not look like a loss. */
const noteNode = async (
  { db, downAfterMs }: NodeWatchDeps,
  report: NodeReport,
): Promise<{ from: State; to: State } | undefined> => {
  const { rows } = await sql<{ from: State; to: State }>`
    with before as (select id, state from nodes where id = ${report.nodeId} for update)
    update nodes n set
      state = x.state,
      state_reason = ${report.reason},
      state_since = case when n.state = x.state then n.state_since else now() end,
      seen_at = case when ${report.state} = 'down' then n.seen_at else now() end,
      peer_id = coalesce(${report.peerId}, n.peer_id),
      addresses = case when ${report.state} = 'up' then ${[...report.addresses]}::text[] else n.addresses end,
      version = coalesce(${report.version}, n.version),
      capacity_bytes = coalesce(${report.capacityBytes}, n.capacity_bytes),
      used_bytes = coalesce(${report.usedBytes}, n.used_bytes),
      provide_queued = ${report.provide?.queued ?? null},
      provide_lag_seconds = ${wholeSeconds(report)}
    from before, lateral (
      select case
        when ${report.state} <> 'down' then ${report.state}
        when n2.seen_at is null or n2.seen_at < now() - ${downAfterMs}::float8 * interval '1 millisecond' then 'down'
        -- The clock has gone back, and not just been corrected: nobody knows how long ago that was.
        when n2.seen_at > now() + interval '1 minute' then 'down'
        else before.state end as state
      from nodes n2 where n2.id = before.id
    ) x
    where n.id = before.id
    returning before.state as "from", n.state as "to"
  `.execute(db.kysely)
  const [change] = rows
  return change === undefined || change.from === change.to ? undefined : change
}

const wholeSeconds = ({ provide }: NodeReport): number | null =>
  provide?.lagSeconds == null ? null : Math.round(provide.lagSeconds)

const isDown = async ({ db }: NodeWatchDeps, nodeId: string): Promise<boolean> => {
  const { rows } = await sql`
    select from nodes n where n.id = ${nodeId} and n.state <> 'up' and n.state <> 'unknown'
      and exists (select from replicas r where r.node_id = n.id and r.status = 'pinned')
  `.execute(db.kysely)
  return rows.length > 0
}

/** What a node holds counts no more. In batches: many contents may lie on it. */
export const loseSight = async (
  { db }: Pick<NodeWatchDeps, 'db'>,
  nodeId: string,
  signal?: AbortSignal,
): Promise<void> => {
  for (let more = true; more; ) {
    if (signal?.aborted === true) return
    const { result } = await db.unitOfWork.run(async (uow) => {
      const { rows } = await sql<{ id: string }>`
        select c.id from contents c
        where c.id in (select content_id from replicas where node_id = ${nodeId} and status = 'pinned' limit ${BATCH})
        order by c.id for update
      `.execute(uow.tx)
      const ids = rows.map(({ id }) => id)
      await doubtCopies(uow, nodeId, ids)
      return ids.length
    })
    more = result === BATCH
  }
}

/** Copies of which nothing is heard any more do not count until their node says that it has them. Their contents are locked. */
export const doubtCopies = async (
  uow: UnitOfWorkContext,
  nodeId: string,
  contentIds: readonly string[],
): Promise<void> => {
  await sql`
    update replicas set status = 'unreachable'
    where node_id = ${nodeId} and status = 'pinned' and content_id = any(${[...contentIds]}::uuid[])
  `.execute(uow.tx)
  await countCopies(uow.tx, contentIds)
  await refreshPins(uow, contentIds, { reason: 'A node that has a copy does not answer.' })
}
