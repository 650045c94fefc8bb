import type { Database } from '@packages/db/open-database'
import { z } from 'zod'
import type { Actor } from '../../../authorization/actor.ts'
import { linkedSince } from '../oidc/linked-accounts.ts'
import { requireSession } from '../require-session.ts'
import { countWays } from './count-ways.ts'

export const waysSchema = z
  .object({
    password: z.boolean(),
    passkeys: z.int(),
    singleSignOn: z
      .object({
        label: z.string(),
        linkedSince: z.iso.datetime().nullable().meta({ description: 'null: it does not open this account.' }),
      })
      .nullable()
      .meta({ description: 'null where there is no sign-in provider.' }),
  })
  .meta({ id: 'SignInWays' })

export type SingleSignOn = { issuer: string; label: string }
export type ReadWaysDeps = { db: Pick<Database, 'kysely'>; singleSignOn: SingleSignOn | null }

/** What opens the caller's account. @throws HoldfastError `forbidden` for an API key */
export const readWays = async (
  { db, singleSignOn }: ReadWaysDeps,
  actor: Actor,
): Promise<z.infer<typeof waysSchema>> => {
  const { userId } = requireSession(actor)
  const { password, passkeys } = await countWays(db.kysely, userId)
  if (singleSignOn === null) return { password: password > 0, passkeys, singleSignOn: null }
  const { issuer, label } = singleSignOn
  const since = await linkedSince(db.kysely, { issuer, userId })
  return { password: password > 0, passkeys, singleSignOn: { label, linkedSince: since?.toISOString() ?? null } }
}
