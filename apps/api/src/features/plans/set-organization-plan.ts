import type { Database } from '@packages/db/open-database'
import { isForeignKeyViolation } from '@packages/db/postgres-errors'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { isUuid } from '@packages/shared/ids'
import type { z } from 'zod'
import type { Actor } from '../../authorization/actor.ts'
import { authorize } from '../../authorization/authorize.ts'
import type { UsageMeter } from '../../plugins/metering/usage-meter.ts'
import type { NewOrganizationPlan, organizationPlanSchema } from './schemas.ts'

export type SetOrganizationPlanDeps = { db: Pick<Database, 'unitOfWork'>; meter: Pick<UsageMeter, 'planChanged'> }

/**
 * Puts an organization on a plan, with a storage limit of its own if it is given one. Operators only.
 * @throws HoldfastError `forbidden`, `not_found`, `invalid_request` for a plan that there is not
 */
export const setOrganizationPlan = async (
  deps: SetOrganizationPlanDeps,
  actor: Actor | null,
  organizationId: string,
  { plan, storageLimit }: NewOrganizationPlan,
): Promise<z.infer<typeof organizationPlanSchema>> => {
  authorize(actor, 'plans:write')
  if (!isUuid(organizationId)) throw new HoldfastError('not_found')
  try {
    const { result } = await deps.db.unitOfWork.run(async ({ tx, record }) => {
      const row = await tx
        .updateTable('organizations')
        .set({ plan, ...(storageLimit === undefined ? {} : { storage_limit: storageLimit }) })
        .where('id', '=', organizationId)
        .returning(['plan', 'storage_limit'])
        .executeTakeFirst()
      if (row === undefined) throw new HoldfastError('not_found')
      const payload = { plan, storageLimit: row.storage_limit }
      const subject = organizationId
      record({ kind: 'organization.plan-changed', organizationId, actorId: actor.userId, subject, payload })
      return { organizationId, ...payload }
    })
    deps.meter.planChanged(organizationId)
    return result
  } catch (error) {
    if (!isForeignKeyViolation(error)) throw error
    const fields = [{ path: 'plan', message: 'there is no such plan' }]
    throw new HoldfastError('invalid_request', { fields, cause: error })
  }
}
