import { sql } from 'kysely'
import { refreshPins } from '../pins/refresh-pins.ts'
import type { UnitOfWorkContext } from '../unit-of-work.ts'
import type { IngestPlan } from './ingest-plan.ts'
import { recordset } from './recordset.ts'

/** Whether an upload of the plan was confirmed by nodes besides its own store. */
export const hasCopies = ({ accepted }: IngestPlan): boolean =>
  accepted.some(({ item }) => (item.copies ?? []).length > 0)

/**
 * The replicas of uploads that nodes have confirmed. A node pins by CID, so of content that was held already, too: it has these copies as well from now on.
 */
export const insertCopies = async (uow: UnitOfWorkContext, { accepted }: IngestPlan): Promise<void> => {
  const { tx } = uow
  const rows = accepted.flatMap(({ item, committed }) =>
    (item.copies ?? []).map((nodeId) => ({ content_id: committed.contentId, node_id: nodeId })),
  )
  await sql`
    insert into replicas (content_id, node_id, status, pinned_at, last_checked)
    select distinct content_id, node_id, 'pinned', now(), now() from ${recordset(rows, 'content_id uuid, node_id uuid')}
    on conflict (content_id, node_id) do update set status = 'pinned', pinned_at = now(), last_checked = now(),
      error = null, attempts = 0, next_try_at = null
    where replicas.status <> 'pinned'
  `.execute(tx)
  // It was to go as one too many, or by a drain: an upload stands on it now.
  await sql`
    delete from node_tombstones t using ${recordset(rows, 'content_id uuid, node_id uuid')}
    where t.content_id = x.content_id and t.node_id = x.node_id
  `.execute(tx)
  await sql`
    update contents c set confirmed = x.copies
    from (
      select r.content_id, count(*) as copies from replicas r join nodes n on n.id = r.node_id
      where r.content_id = any(${rows.map(({ content_id }) => content_id)}::uuid[]) and r.status = 'pinned' and n.role = 'store'
      group by r.content_id
    ) x
    where c.id = x.content_id
  `.execute(tx)
  await refreshPins(uow, [...new Set(rows.map(({ content_id }) => content_id))])
}
