import type { Database } from '@packages/db/open-database'
import { z } from 'zod'
import type { Actor } from '../../../authorization/actor.ts'
import { requireSession } from '../require-session.ts'

export const secondFactorSchema = z
  .object({
    enabled: z.boolean(),
    since: z.iso.datetime().nullable(),
    recoveryCodesLeft: z.int(),
  })
  .meta({ id: 'SecondFactor' })

export type ReadSecondFactorDeps = { db: Pick<Database, 'kysely'> }

/** Whether the caller's account asks for a second factor. @throws HoldfastError `forbidden` for an API key */
export const readSecondFactor = async (
  { db }: ReadSecondFactorDeps,
  actor: Actor,
): Promise<z.infer<typeof secondFactorSchema>> => {
  const { userId } = requireSession(actor)
  const { kysely } = db
  const factor = await kysely
    .selectFrom('two_factors')
    .where('user_id', '=', userId)
    .select('confirmed_at')
    .executeTakeFirst()
  const codes = await kysely.selectFrom('recovery_codes').where('user_id', '=', userId).select('code_hash').execute()
  const since = factor?.confirmed_at?.toISOString() ?? null
  return { enabled: since !== null, since, recoveryCodesLeft: codes.length }
}
