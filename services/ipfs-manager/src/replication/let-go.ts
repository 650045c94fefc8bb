import { recordset } from '@packages/db/ingest/recordset'
import { refreshPins } from '@packages/db/pins/refresh-pins'
import type { UnitOfWorkContext } from '@packages/db/unit-of-work'
import { sql } from 'kysely'
import { countCopies } from '../count-copies.ts'

export type LeavingCopy = { content_id: string; node_id: string; cid: string }

/** Writes down that copies of contents that live are to go (rule 9). In a transaction that has locked the contents. */
export const letGo = async (
  uow: UnitOfWorkContext,
  copies: readonly LeavingCopy[],
  reason: 'surplus' | 'drained',
): Promise<void> => {
  if (copies.length === 0) return
  const rows = recordset([...copies], 'content_id uuid, node_id uuid, cid text')
  await sql`
    update replicas r set status = 'releasing', next_try_at = null from ${rows}
    where r.content_id = x.content_id and r.node_id = x.node_id
  `.execute(uow.tx)
  await sql`
    insert into node_tombstones (node_id, cid, content_id, reason) select x.node_id, x.cid, x.content_id, ${reason} from ${rows}
    on conflict (node_id, cid) do update set content_id = excluded.content_id, reason = excluded.reason, due_at = now()
  `.execute(uow.tx)
  const ids = [...new Set(copies.map(({ content_id }) => content_id))]
  await countCopies(uow.tx, ids)
  await refreshPins(uow, ids, { reason: 'A copy is taken from a node.' })
}
