import { randomUUIDv7 } from 'node:crypto'
import { pinStatus } from '@packages/shared/pin-state'
import { sql } from 'kysely'
import type { Database } from '../open-database.ts'
import type { Replication } from '@packages/shared/replication'
import { wantContent } from '../pins/fetch-rows.ts'
import { refreshWishes } from '../pins/refresh-wishes.ts'
import { isUniqueViolation, RetryTransaction } from '../postgres-errors.ts'

/** A pin on a root that nobody holds yet, as the Pinning API makes it; on the held content when there is one. */
export const wantRoot = async (
  db: Pick<Database, 'unitOfWork'>,
  options: {
    organizationId: string
    userId: string
    cid: string
    replicationMin?: number
    replication?: Partial<Replication>
  },
): Promise<{ pinId: string; contentId: string }> => {
  const { organizationId, userId, cid, replication = {} } = options
  const { replicationMin = replication.min ?? 1 } = options
  const { result } = await db.unitOfWork.run(async (uow) => {
    const { tx } = uow
    await sql`
      insert into usage (organization_id) values (${organizationId}) on conflict do nothing
    `.execute(tx)
    const { rows: times } = await sql<{ at: string }>`
      update usage set last_pin_at = greatest(clock_timestamp(), last_pin_at + interval '1 microsecond')
      where organization_id = ${organizationId} returning last_pin_at::text as at
    `.execute(tx)
    const live = await tx
      .selectFrom('contents')
      .select(['id', 'state', 'dag_size', 'confirmed'])
      .where('realm', '=', 'public')
      .where('cid', '=', cid)
      .where('state', '<>', 'released')
      .forUpdate()
      .executeTakeFirst()
    const contentId = live?.id ?? randomUUIDv7()
    if (!live) {
      await tx
        .insertInto('contents')
        .values({ id: contentId, realm: 'public', cid, state: 'wanted' })
        .execute()
        .catch((error) => {
          throw isUniqueViolation(error, 'contents_live') ? new RetryTransaction('raced') : error
        })
    }
    if (live?.state === 'held') {
      await sql`
        update usage set stored_bytes = stored_bytes + ${live.dag_size}, roots = roots + 1
        where organization_id = ${organizationId} and not exists (
          select from pins where content_id = ${contentId} and organization_id = ${organizationId})
      `.execute(tx)
    }
    if (live?.state !== 'held') await wantContent(uow, { contentId, organizationIds: [organizationId] })
    const pinId = randomUUIDv7()
    await tx
      .insertInto('pins')
      .values({
        id: pinId,
        organization_id: organizationId,
        user_id: userId,
        content_id: contentId,
        cid,
        status: pinStatus({
          contentState: live?.state === 'held' ? 'held' : 'wanted',
          confirmedReplicas: live?.confirmed ?? 0,
          replicationMin,
          fetching: false,
          wasPinned: false,
          failure: null,
        }),
        replication_min: replicationMin,
        replication_max: Math.max(replicationMin, replication.max ?? 1),
        zones: [...(replication.zones ?? [])],
        created_at: times[0]?.at ?? '',
      })
      .execute()
    await refreshWishes(tx, [contentId])
    return { pinId, contentId }
  })
  return result
}
