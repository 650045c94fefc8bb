import type { Database } from '@packages/db/open-database'
import { isForeignKeyViolation } from '@packages/db/postgres-errors'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { Actor } from '../../authorization/actor.ts'
import { authorize } from '../../authorization/authorize.ts'
import type { RegistrationOptions } from '../auth/registration/register.ts'
import { TRIAL_PLAN } from '../organizations/insert-organization.ts'
import { DEFAULT_PLAN } from './put-plan.ts'

export type DeletePlanDeps = {
  db: Pick<Database, 'unitOfWork'>
  /** Who gets an account, and thereby an organization on the trial plan. */
  registration: Pick<RegistrationOptions, 'mode'>
}

/** Operators only. @throws HoldfastError `forbidden`, `not_found`, `conflict` while it is in use or may come to be */
export const deletePlan = async (deps: DeletePlanDeps, actor: Actor | null, name: string): Promise<void> => {
  authorize(actor, 'plans:write')
  if (name === DEFAULT_PLAN) throw new HoldfastError('conflict', { detail: 'New organizations are on this plan.' })
  if (name === TRIAL_PLAN && deps.registration.mode !== 'closed')
    throw new HoldfastError('conflict', { detail: 'Organizations that people make are on this plan.' })
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
