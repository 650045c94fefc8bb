import type { Database } from '@packages/db/open-database'
import { sealColumn } from '@packages/db/sealed-columns'
import type { MasterKey } from '@packages/runtime/master-key'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { sql } from 'kysely'
import type { Actor } from '../../../authorization/actor.ts'
import { ownAccount } from '../addresses/own-account.ts'
import { type IdentityInput, proveIdentity, type ProveIdentityDeps } from '../confirmation/prove-identity.ts'
import { totpSecretPlace } from './take-second-factor.ts'
import { makeTotpSecret, totpSecretText, totpUri } from './totp.ts'

export type EnrolDeps = ProveIdentityDeps & {
  db: Pick<Database, 'kysely' | 'unitOfWork'>
  masterKey: Pick<MasterKey, 'seal'>
  /** Host of the platform: what the app shows above the codes. */
  issuer: string
}

/**
 * A secret for an authenticator app, shown once. Nothing changes until a code of it is confirmed; asking again makes another.
 * @throws HoldfastError `forbidden`, `invalid_credentials`, `conflict` (there is one already), `rate_limited`, `unavailable`
 */
export const enrol = async (
  deps: EnrolDeps,
  actor: Actor,
  input: IdentityInput,
): Promise<{ secret: string; uri: string }> => {
  const account = await ownAccount(deps, actor)
  const proven = await proveIdentity(deps, account, input)
  const { userId, email } = account
  const secret = makeTotpSecret()
  const row = {
    secret_sealed: sealColumn(deps.masterKey, totpSecretPlace(userId), secret),
    last_step: 0,
    failures: 0,
    locked_until: null,
  }
  await deps.db.unitOfWork.run(async (uow) => {
    await proven.use(uow)
    const written = await uow.tx
      .insertInto('two_factors')
      .values({ user_id: userId, ...row })
      .onConflict((conflict) =>
        conflict
          .column('user_id')
          .doUpdateSet({ ...row, created_at: sql<Date>`now()` })
          .where('two_factors.confirmed_at', 'is', null),
      )
      .returning('user_id')
      .executeTakeFirst()
    if (written === undefined) throw new HoldfastError('conflict', { detail: 'There is a second factor already.' })
  })
  return { secret: totpSecretText(secret), uri: totpUri(secret, { issuer: deps.issuer, label: email }) }
}
