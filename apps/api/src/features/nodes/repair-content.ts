import type { Database } from '@packages/db/open-database'
import { PINS_CHANNEL } from '@packages/db/pins/fetch-rows'
import type { Tables } from '@packages/db/tables'
import { canonicalCid, parseCid } from '@packages/shared/cid'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { sql, type Transaction } from 'kysely'
import type { z } from 'zod'
import type { Actor } from '../../authorization/actor.ts'
import { authorize } from '../../authorization/authorize.ts'
import type { repairSchema } from './schemas.ts'

export type RepairContentDeps = { db: Pick<Database, 'unitOfWork'> }

/**
 * What is short of copies, or is fetched, is tried now and not when its time has come. Operators only.
 * @throws HoldfastError `forbidden`, `invalid_cid`, `unsupported_cid`, `not_found` when nobody pins it publicly
 */
export const repairContent = async (
  { db }: RepairContentDeps,
  actor: Actor | null,
  text: string,
): Promise<z.infer<typeof repairSchema>> => {
  authorize(actor, 'nodes:write')
  const cid = canonicalCid(parseCid(text))
  const { result } = await db.unitOfWork.run(async ({ tx, record }) => {
    const content = await tx
      .updateTable('contents')
      .set({ place_after: null })
      .where('realm', '=', 'public')
      .where('cid', '=', cid)
      .where('state', '<>', 'released')
      .returning(['id', 'state', 'confirmed', 'copies_min', 'copies_max'])
      .executeTakeFirst()
    if (content === undefined) throw new HoldfastError('not_found')
    await sql`
      update replicas set next_try_at = now()
      where content_id = ${content.id} and status in ('assigned', 'lost', 'error') and next_try_at is not null
    `.execute(tx)
    if (content.state === 'wanted') await hastenFetch(tx, content.id)
    await sql`select pg_notify(${PINS_CHANNEL}, '')`.execute(tx)
    record({
      kind: 'content.repair-asked',
      organizationId: null,
      actorId: actor.userId,
      subject: content.id,
      payload: { cid },
    })
    return { cid, confirmed: content.confirmed, min: content.copies_min, max: content.copies_max }
  })
  return result
}

/**
 * It is the next one of each organization that waits for it, also of those that asked for it among many (`fetch_arrivals`, ADR 0166). What is being fetched, or was
 * given up, stays so. The content row is locked by the caller.
 */
const hastenFetch = async (tx: Transaction<Tables>, contentId: string): Promise<void> => {
  await sql`insert into fetches (content_id) values (${contentId}::uuid) on conflict do nothing`.execute(tx)
  await sql`select from fetches where content_id = ${contentId}::uuid for update`.execute(tx)
  await sql`
    insert into fetch_queue (organization_id, content_id, due_at)
    select o.organization_id, f.content_id, case when f.state in ('running', 'failed') then 'infinity' else least(now(), (
      select min(q.due_at) from fetch_queue q where q.organization_id = o.organization_id
    ), (
      select a.wanted_at from fetch_arrivals a where a.organization_id = o.organization_id order by a.id limit 1
    )) - interval '1 microsecond' end
    from fetches f cross join (select distinct organization_id from pins where content_id = ${contentId}::uuid) o
    where f.content_id = ${contentId}::uuid
    on conflict (organization_id, content_id) do update set due_at = excluded.due_at where isfinite(fetch_queue.due_at)
  `.execute(tx)
}
