import { sql, type Transaction } from 'kysely'
import type { Tables } from '../tables.ts'

/**
 * Writes down what contents need by their live pins, up as well as down (`largestReplication`), after pins of them went or changed. Their rows are locked by
 * the caller. What needs more is looked at by the manager at once; what has too much, at its next check.
 */
export const refreshWishes = async (tx: Transaction<Tables>, contentIds: readonly string[]): Promise<void> => {
  if (contentIds.length === 0) return
  await sql`
    update contents c set copies_min = x.copies_min, copies_max = x.copies_max, zones = x.zones, place_after = null,
      zones_after = null, shortage = null
    from (
      select p.content_id, max(p.replication_min) as copies_min,
        max(greatest(p.replication_max, p.replication_min)) as copies_max,
        coalesce((
          select array_agg(distinct z collate "C" order by z collate "C") from pins q, unnest(q.zones) as z
          where q.content_id = p.content_id and q.zones <> '{}'), '{}') as zones
      from pins p where p.content_id = any(${[...contentIds]}::uuid[]) group by p.content_id
    ) x
    where c.id = x.content_id and (c.copies_min, c.copies_max, c.zones) is distinct from (x.copies_min, x.copies_max, x.zones)
  `.execute(tx)
}
