import type { Tables } from '@packages/db/tables'
import { sql, type Transaction } from 'kysely'

/** A node is to be emptied: what it has is looked at again at once, and gets places on the others. Until then it stays there. What is just being looked at is left: its turn comes again. */
export const placeElsewhere = async (tx: Transaction<Tables>, nodeId: string): Promise<void> => {
  await sql`
    update contents set place_after = null
    where id in (
      select c.id from replicas r join contents c on c.id = r.content_id
      where r.node_id = ${nodeId} and r.status in ('pinned', 'unreachable') and c.state = 'held' and c.place_after is not null
      order by c.id for update of c skip locked)
  `.execute(tx)
}
