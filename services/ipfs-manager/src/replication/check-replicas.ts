import type { Database } from '@packages/db/open-database'
import { refreshPins } from '@packages/db/pins/refresh-pins'
import type { MinimalLogger } from '@packages/runtime/minimal-logger'
import { parseCid } from '@packages/shared/cid'
import { sql } from 'kysely'
import { loseReplica } from '../confirm-replica.ts'
import { cidOnNode } from '../cid-on-node.ts'
import { countCopies } from '../count-copies.ts'
import type { PinBackend } from '../pin-backend.ts'
import { doubtCopies, loseSight } from './node-watch.ts'

export type CheckReplicasDeps = {
  db: Pick<Database, 'kysely' | 'unitOfWork'>
  backend: Pick<PinBackend, 'replicas'>
  /** Of what a node has not said for so long, whatever it is asked, nobody knows whether it has it. */
  doubtAfterMs: number
  /** So much of what a node has said nothing of is remembered; what is beyond is doubted a round later. */
  maxUnknown?: number
  logger: MinimalLogger
}

const PAGE = 500
const MAX_UNKNOWN = 10_000
const FIRST_ID = '00000000-0000-0000-0000-000000000000'
const LOST = 'A node that had a copy does not have it any more.'

/**
 * Asks a node about every copy that it is taken to have. What it confirms counts (again); what it has not is lost, and shows at once. What cannot be asked
 * changes nothing, until that has lasted too long: then it counts no more. One look in vain is none: a round through many copies takes long by itself. Copies that were made while it is asked are left for the next time.
 * @param unknownBefore what the last round was told nothing of
 */
export const checkReplicas = async (
  deps: CheckReplicasDeps,
  nodeId: string,
  signal: AbortSignal,
  unknownBefore: ReadonlySet<string> = new Set(),
): Promise<{ confirmed: number; lost: number; unknown: ReadonlySet<string> }> => {
  const { db, logger, maxUnknown = MAX_UNKNOWN } = deps
  const total = { confirmed: 0, lost: 0 }
  const unknown = new Set<string>()
  const { rows: clock } = await sql<{ now: string }>`select clock_timestamp()::text as now`.execute(db.kysely)
  const begun = clock[0]?.now ?? ''
  for (let after = FIRST_ID; ; ) {
    signal.throwIfAborted()
    const { rows } = await copiesToCheck(nodeId, { after, begun }).execute(db.kysely)
    const last = rows.at(-1)
    if (last === undefined) break
    after = last.id
    const words = await deps.backend.replicas(
      nodeId,
      rows.map(({ id, cid, realm, dag_size }) => ({
        contentId: id,
        cid: parseCid(cid),
        network: realm,
        dagSize: dag_size,
      })),
      signal,
    )
    const there = words.filter(({ state }) => state === 'pinned').map(({ contentId }) => contentId)
    await noteThere(deps, nodeId, there)
    total.confirmed += there.length
    for (const { contentId, state } of words)
      if (state === 'absent' && (await noteAbsent(deps, nodeId, contentId))) total.lost++
    const without = words.filter(({ state }) => state === 'unknown').map(({ contentId }) => contentId)
    const again = without.filter((id) => unknownBefore.has(id))
    const doubted = await noteUnknown(deps, nodeId, again)
    // What is doubted, also by this round, takes no place: else what is beyond would be so much later, or never.
    const counting = new Set(
      rows.filter(({ id, status }) => status === 'pinned' && !doubted.has(id)).map(({ id }) => id),
    )
    for (const id of without) if (counting.has(id) && unknown.size < maxUnknown) unknown.add(id)
    if (total.confirmed + total.lost > 0 || without.length < words.length) continue
    // It says nothing at all: the rest would only wait, and is doubted with what was asked.
    if (doubted.size > 0) await loseSight(deps, nodeId, signal)
    break
  }
  if (total.lost > 0) logger.error({ nodeId, ...total }, 'a node has lost copies')
  return { ...total, unknown }
}

type CheckedCopy = {
  id: string
  cid: string
  realm: 'public' | 'private'
  dag_size: number | null
  status: 'pinned' | 'unreachable'
}

/**
 * A page of what a node is taken to have. Both tables are told where it begins: a merge would read the other one from its beginning for each page (ADR 0164).
 * Exported for the test that looks at its plan.
 */
export const copiesToCheck = (nodeId: string, { after, begun }: { after: string; begun: string }) => sql<CheckedCopy>`
  select c.id, ${cidOnNode} as cid, c.realm, c.dag_size, r.status
  from replicas r join contents c on c.id = r.content_id join nodes n on n.id = r.node_id
  where r.node_id = ${nodeId} and r.status in ('pinned', 'unreachable') and r.content_id > ${after}::uuid
    and c.id > ${after}::uuid and c.state = 'held'
    -- A clock that was ahead when they were made and has gone back must not spare copies the question for a day.
    and (r.pinned_at is null or r.pinned_at not between ${begun}::timestamptz and clock_timestamp())
  order by r.content_id limit ${PAGE}
`

const noteThere = async ({ db }: CheckReplicasDeps, nodeId: string, contentIds: string[]): Promise<void> => {
  if (contentIds.length === 0) return
  await sql`
    update replicas set last_checked = now()
    where node_id = ${nodeId} and status = 'pinned' and content_id = any(${contentIds}::uuid[])
  `.execute(db.kysely)
  const { rows } = await sql<{ content_id: string }>`
    select content_id from replicas
    where node_id = ${nodeId} and status = 'unreachable' and content_id = any(${contentIds}::uuid[])
  `.execute(db.kysely)
  if (rows.length === 0) return
  const back = rows.map((row) => row.content_id)
  await db.unitOfWork.run(async (uow) => {
    await sql`select from contents where id = any(${back}::uuid[]) order by id for update`.execute(uow.tx)
    await sql`
      update replicas set status = 'pinned', last_checked = now(), error = null
      where node_id = ${nodeId} and status = 'unreachable' and content_id = any(${back}::uuid[])
    `.execute(uow.tx)
    await countCopies(uow.tx, back)
    await refreshPins(uow, back)
  })
}

/** @returns what counts no more */
const noteUnknown = async (
  { db, doubtAfterMs }: CheckReplicasDeps,
  nodeId: string,
  contentIds: string[],
): Promise<ReadonlySet<string>> => {
  if (contentIds.length === 0) return new Set()
  // A clock that went back tells nothing of how long ago it was.
  const { rows } = await sql<{ content_id: string }>`
    select content_id from replicas
    where node_id = ${nodeId} and status = 'pinned' and content_id = any(${contentIds}::uuid[])
      and (last_checked is null or last_checked > now() + interval '1 minute'
        or last_checked < now() - ${doubtAfterMs}::float8 * interval '1 millisecond')
  `.execute(db.kysely)
  if (rows.length === 0) return new Set()
  const doubted = rows.map((row) => row.content_id)
  await db.unitOfWork.run(async (uow) => {
    await sql`select from contents where id = any(${doubted}::uuid[]) order by id for update`.execute(uow.tx)
    await doubtCopies(uow, nodeId, doubted)
  })
  return new Set(doubted)
}

const noteAbsent = async ({ db }: CheckReplicasDeps, nodeId: string, contentId: string): Promise<boolean> => {
  const { result } = await db.unitOfWork.run((uow) =>
    loseReplica(uow, { contentId, nodeId, isLost: () => true, reason: LOST }),
  )
  return result
}
