import type { Database } from '@packages/db/open-database'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { z } from 'zod'
import type { Actor } from '../../authorization/actor.ts'
import { authorize } from '../../authorization/authorize.ts'
import type { UsageMeter } from '../../plugins/metering/usage-meter.ts'
import { findPlan } from './repository.ts'
import { type NewPlan, type planSchema, presentPlan } from './schemas.ts'

export type PutPlanDeps = { db: Pick<Database, 'unitOfWork'>; meter: Pick<UsageMeter, 'planChanged'> }

/** What organizations are on unless told otherwise; it would be no plan without limits any more. */
export const DEFAULT_PLAN = 'unlimited'

/**
 * Makes a plan, or changes one for all organizations on it, at once: what is over a new limit stays, and no more comes.
 * Operators only.
 * @throws HoldfastError `forbidden`, `conflict` for the default plan
 */
export const putPlan = async (
  deps: PutPlanDeps,
  actor: Actor | null,
  name: string,
  plan: NewPlan,
): Promise<{ created: boolean; body: z.infer<typeof planSchema> }> => {
  authorize(actor, 'plans:write')
  if (name === DEFAULT_PLAN)
    throw new HoldfastError('conflict', { detail: `The plan ${DEFAULT_PLAN} stays as it is: make another one.` })
  const columns = {
    storage_bytes: plan.storageBytes,
    files: plan.files,
    max_file_bytes: plan.maxFileBytes,
    bandwidth_bytes_per_month: plan.bandwidthBytesPerMonth,
    requests_per_month: plan.requestsPerMonth,
    replication_max: plan.replicationMax,
  }
  const { result } = await deps.db.unitOfWork.run(async ({ tx, record }) => {
    const made = await tx
      .insertInto('plans')
      .values({ name, ...columns })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst()
    const created = made.numInsertedOrUpdatedRows === 1n
    if (!created)
      await tx
        .updateTable('plans')
        .set({ ...columns, updated_at: new Date() })
        .where('name', '=', name)
        .execute()
    const row = await findPlan(tx, name)
    if (row === undefined) throw new HoldfastError('conflict', { detail: 'The plan was deleted meanwhile.' })
    record({ kind: 'plan.changed', organizationId: null, actorId: actor.userId, subject: name, payload: { ...plan } })
    return { created, body: presentPlan(row) }
  })
  deps.meter.planChanged()
  return result
}
