import type { Database } from '@packages/db/open-database'
import { removePins } from '@packages/db/remove-pins'
import type { MinimalLogger } from '@packages/runtime/minimal-logger'
import { sql } from 'kysely'

export type ExpirePinsDeps = {
  db: Pick<Database, 'kysely' | 'unitOfWork'>
  logger: MinimalLogger
  now?: () => number
}

const BATCH = 500

/**
 * Removes pins whose time is over, as their organization would; what hangs on them goes too. Two clocks must agree, the database's and our own: one that has
 * jumped takes nobody's pin away.
 * @returns how many went
 */
export const expirePins = async (
  { db, logger, now = Date.now }: ExpirePinsDeps,
  signal?: AbortSignal,
): Promise<number> => {
  let expired = 0
  for (;;) {
    if (signal?.aborted === true) return expired
    const { rows } = await sql<{ id: string; organization_id: string }>`
      select id, organization_id from pins
      where expires_at <= least(now(), ${new Date(now())}::timestamptz) order by expires_at limit ${BATCH}
    `.execute(db.kysely)
    const byOrganization = new Map<string, string[]>()
    for (const { id, organization_id } of rows)
      byOrganization.set(organization_id, [...(byOrganization.get(organization_id) ?? []), id])
    let removed = 0
    for (const [organizationId, pinIds] of byOrganization) {
      const { result } = await db.unitOfWork.run((uow) =>
        removePins(uow, { organizationId, pinIds, actorId: null, reason: 'expired' }),
      )
      removed += result.pins
    }
    if (removed > 0) logger.info({ pins: removed }, 'pins have expired')
    expired += removed
    // Somebody else removes the same ones: the next run looks again.
    if (rows.length < BATCH || removed === 0) return expired
  }
}
