import type { Database } from '@packages/db/open-database'
import type { MinimalLogger } from '@packages/runtime/minimal-logger'
import { parseCid } from '@packages/shared/cid'
import { sql } from 'kysely'
import { cidOnNode } from '../cid-on-node.ts'
import { loseReplica } from '../confirm-replica.ts'
import { eachOf } from '../kubo/each-of.ts'
import { BackendError, type PinBackend } from '../pin-backend.ts'

export type VerifyCopiesDeps = {
  db: Pick<Database, 'kysely' | 'unitOfWork'>
  backend: Pick<PinBackend, 'verify'>
  logger: MinimalLogger
}

type Copy = { contentId: string; nodeId: string; cid: string; realm: 'public' | 'private'; dagSize: number | null }

const PAGE = 100
const MOVED_PAGE = 1_000
const FIRST_ID = '00000000-0000-0000-0000-000000000000'
const AGAIN_MS = 60_000

/**
 * Reads copies of contents that move to other nodes back, every block, and writes down which are whole: only these count as moved. A copy that lacks a
 * block is lost, and made again; what cannot be told now, or is damaged, is looked at again after a minute.
 * @returns how many were found whole
 */
export const verifyCopies = async (deps: VerifyCopiesDeps, signal: AbortSignal): Promise<number> => {
  let whole = 0
  for (let after = FIRST_ID; !signal.aborted; ) {
    const { rows: page } = await copiesToVerify(after).execute(deps.db.kysely)
    const last = page.at(-1)
    if (last === undefined) break
    after = last.contentId
    const verified = await eachOf(page, (copy) => verifyCopy(deps, copy, signal))
    whole += verified.filter(Boolean).length
    await endMoves(deps, [...new Set(page.map(({ contentId }) => contentId))])
  }
  return whole
}

/**
 * On nodes that contents move to: Kubo nodes, or those that stay when the platform leaves others. Exported for the test that looks at its plan.
 */
export const copiesToVerify = (after: string) => {
  const isDue = sql`c.id > ${after}::uuid and r.content_id > ${after}::uuid and c.state = 'held' and r.status = 'pinned' and r.verified_at is null
    and n.intent = 'active' and n.state = 'up' and (r.next_try_at is null or r.next_try_at <= now())`
  const columns = sql`r.content_id as "contentId", r.node_id as "nodeId", ${cidOnNode} as cid, c.realm, c.dag_size as "dagSize"`
  return sql<Copy>`
    (select ${columns} from contents c join replicas r on r.content_id = c.id join nodes n on n.id = r.node_id
      where c.moving_copies is not null and n.kind = 'kubo' and ${isDue} order by c.id limit ${PAGE})
    union
    (select ${columns} from replicas o join contents c on c.id = o.content_id
      join replicas r on r.content_id = c.id and r.node_id <> o.node_id join nodes n on n.id = r.node_id
      -- Known before the copies are looked at: as a rule there is none, and all copies would be read to see it.
      where exists (select from nodes where is_leaving) and o.node_id = any(array(select id from nodes where is_leaving))
        and o.content_id > ${after}::uuid and o.status <> 'releasing' and ${isDue} order by c.id limit ${PAGE})
    order by "contentId" limit ${PAGE}
  `
}

const verifyCopy = async (deps: VerifyCopiesDeps, copy: Copy, signal: AbortSignal): Promise<boolean> => {
  const { contentId, nodeId, realm, dagSize } = copy
  try {
    await deps.backend.verify(nodeId, { contentId, cid: parseCid(copy.cid), network: realm, dagSize }, signal)
  } catch (error) {
    if (signal.aborted) return false
    // One content that cannot be read in any way is not in the way of all others.
    const known = error instanceof BackendError
    await noteFault(
      deps,
      copy,
      known ? error : new BackendError('node_error', 'It cannot be read back.', { cause: error }),
    )
    return false
  }
  // What was lost or is let go meanwhile is not verified by what was read before.
  await sql`
    update replicas set verified_at = now(), last_checked = now(), error = null, next_try_at = null
    where content_id = ${contentId} and node_id = ${nodeId} and status = 'pinned'
  `.execute(deps.db.kysely)
  return true
}

const noteFault = async (deps: VerifyCopiesDeps, { contentId, nodeId }: Copy, error: BackendError): Promise<void> => {
  deps.logger.warn({ err: error, contentId, nodeId }, 'a copy of what moves could not be verified')
  if (error.code === 'incomplete_dag') {
    await deps.db.unitOfWork.run((uow) =>
      loseReplica(uow, { contentId, nodeId, isLost: () => true, reason: error.message }),
    )
    return
  }
  await sql`
    update replicas set error = ${error.message}, next_try_at = now() + ${AGAIN_MS}::float8 * interval '1 millisecond'
    where content_id = ${contentId} and node_id = ${nodeId} and status = 'pinned'
  `.execute(deps.db.kysely)
}

/** As many copies as were asked for are whole, or as many as its pins still wish for beside the own store's: no more are made. */
const isMoved = sql`(
  select count(*) from replicas r join nodes n on n.id = r.node_id
  where r.content_id = c.id and r.status = 'pinned' and r.verified_at is not null and n.kind = 'kubo'
) >= least(c.moving_copies, greatest(1, c.copies_max - (
  select count(*) from replicas r join nodes n on n.id = r.node_id
  where r.content_id = c.id and r.status = 'pinned' and n.kind = 'embedded')))`

const endMoves = async ({ db }: VerifyCopiesDeps, contentIds: string[]): Promise<void> => {
  await sql`
    update contents c set moving_copies = null
    where c.id = any(${contentIds}::uuid[]) and c.moving_copies is not null and ${isMoved}
  `.execute(db.kysely)
}

/**
 * Ends moves whose last copy has been read back already: who reads may be killed before that is written down, and pins may have come to wish for less.
 * @returns how many
 */
export const endMoved = async ({ db }: { db: Pick<Database, 'kysely'> }): Promise<number> => {
  for (let total = 0; ; ) {
    const { numAffectedRows: ended = 0n } = await sql`
      update contents set moving_copies = null where id in (
        select c.id from contents c where c.moving_copies is not null and c.state = 'held' and ${isMoved}
        order by c.id limit ${MOVED_PAGE} for update of c skip locked)
    `.execute(db.kysely)
    total += Number(ended)
    if (ended < MOVED_PAGE) return total
  }
}
