import type { Database } from '@packages/db/open-database'
import { PINS_CHANNEL } from '@packages/db/pins/fetch-rows'
import { type RawBuilder, sql } from 'kysely'

/** Further ahead than anything is ever planned here: tries come an hour and a fifth apart at most, leases last seconds. */
const FURTHEST = sql`now() + interval '2 hours'`

/**
 * A clock that was ahead and has gone back leaves plans and leases that would come due only when it is there again, a day later or a century. What is planned further
 * ahead than anything ever is, is due now.
 * @returns how many plans that were
 */
export const recallPlans = async ({ db }: { db: Pick<Database, 'kysely'> }): Promise<number> => {
  const statements = [
    sql`
      update contents set place_after = now()
      where state = 'held' and confirmed < copies_max and place_after > ${FURTHEST}
    `,
    sql`
      update replicas set next_try_at = now()
      where status in ('assigned', 'pinning', 'lost', 'error', 'releasing') and next_try_at > ${FURTHEST}
    `,
    sql`update contents set zones_after = now() where state = 'held' and zones <> '{}' and zones_after > ${FURTHEST}`,
    // Places elsewhere, however many copies there are. Without such nodes nothing is looked through.
    sql`
      update contents set place_after = now()
      where state = 'held' and place_after > ${FURTHEST} and exists (select from nodes where intent = 'draining')
        and id in (select r.content_id from nodes n join replicas r on r.node_id = n.id
          where n.intent = 'draining' and r.status in ('pinned', 'unreachable'))
    `,
    // What moves is read back, here from where it goes to and there from nodes that are left.
    readBack(sql`select id from contents where moving_copies is not null`),
    sql`${readBack(sql`select r.content_id from nodes n join replicas r on r.node_id = n.id where n.is_leaving`)}
      and exists (select from nodes where is_leaving)`,
    // A worker that lives renews its lease; of one that has died it is over.
    sql`update fetches set leased_until = now() where state = 'running' and leased_until > ${FURTHEST}`,
    sql`update fetch_queue set due_at = now() where isfinite(due_at) and due_at > ${FURTHEST}`,
    sql`
      update nodes set gc_until = case when gc_until < ${FURTHEST} then gc_until end,
        gc_after = case when gc_after < ${FURTHEST} then gc_after end,
        -- How long garbage has lain there is what its collection goes by.
        released_since = case when released_since > ${FURTHEST} then now() else released_since end
      where gc_until > ${FURTHEST} or gc_after > ${FURTHEST} or released_since > ${FURTHEST}
    `,
  ]
  let recalled = 0
  for (const statement of statements) recalled += Number((await statement.execute(db.kysely)).numAffectedRows ?? 0n)
  if (recalled > 0) await sql`select pg_notify(${PINS_CHANNEL}, '')`.execute(db.kysely)
  return recalled
}

const readBack = (contentIds: RawBuilder<unknown>) => sql`
  update replicas set next_try_at = now()
  where status = 'pinned' and verified_at is null and next_try_at > ${FURTHEST} and content_id in (${contentIds})`
