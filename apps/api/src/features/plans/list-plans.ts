import type { Database } from '@packages/db/open-database'
import type { z } from 'zod'
import type { Actor } from '../../authorization/actor.ts'
import { authorize } from '../../authorization/authorize.ts'
import { listPlanRows } from './repository.ts'
import { type planListSchema, presentPlan } from './schemas.ts'

export type ListPlansDeps = { db: Pick<Database, 'kysely'> }

/** All plans. Operators only. @throws HoldfastError `forbidden` */
export const listPlans = async (deps: ListPlansDeps, actor: Actor | null): Promise<z.infer<typeof planListSchema>> => {
  authorize(actor, 'plans:read')
  return { plans: (await listPlanRows(deps.db.kysely)).map(presentPlan) }
}
