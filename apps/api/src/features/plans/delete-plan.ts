import type { Database } from '@packages/db/open-database'
import { isForeignKeyViolation } from '@packages/db/postgres-errors'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { Actor } from '../../authorization/actor.ts'
import { authorize } from '../../authorization/authorize.ts'
import { DEFAULT_PLAN } from './put-plan.ts'

export type DeletePlanDeps = { db: Pick<Database, 'unitOfWork'> }

/** Operators only. @throws HoldfastError `forbidden`, `not_found`, `conflict` while an organization is on it */
export const deletePlan = async (deps: DeletePlanDeps, actor: Actor | null, name: string): Promise<void> => {
  authorize(actor, 'plans:write')
  if (name === DEFAULT_PLAN) throw new HoldfastError('conflict', { detail: 'New organizations are on this plan.' })
  try {
    await deps.db.unitOfWork.run(async ({ tx, record }) => {
      const { numDeletedRows } = await tx.deleteFrom('plans').where('name', '=', name).executeTakeFirst()
      if (numDeletedRows === 0n) throw new HoldfastError('not_found')
      record({ kind: 'plan.deleted', organizationId: null, actorId: actor.userId, subject: name, payload: {} })
    })
  } catch (error) {
    if (!isForeignKeyViolation(error)) throw error
    throw new HoldfastError('conflict', { detail: 'Organizations are on this plan.', cause: error })
  }
}
