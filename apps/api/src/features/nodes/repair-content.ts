import type { Database } from '@packages/db/open-database'
import { PINS_CHANNEL } from '@packages/db/pins/fetch-rows'
import { canonicalCid, parseCid } from '@packages/shared/cid'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { sql } from 'kysely'
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
      .returning(['id', 'confirmed', 'copies_min', 'copies_max'])
      .executeTakeFirst()
    if (content === undefined) throw new HoldfastError('not_found')
    await sql`
      update replicas set next_try_at = now()
      where content_id = ${content.id} and status in ('assigned', 'lost', 'error') and next_try_at is not null
    `.execute(tx)
    await sql`
      update fetch_queue set due_at = now() where content_id = ${content.id} and isfinite(due_at)
    `.execute(tx)
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
