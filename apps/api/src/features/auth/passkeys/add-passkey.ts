import { randomUUIDv7 } from 'node:crypto'
import type { Database } from '@packages/db/open-database'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { Actor } from '../../../authorization/actor.ts'
import { ownAccount } from '../addresses/own-account.ts'
import type { Mailbox } from '../mailbox.ts'
import { postChange } from '../second-factor/post-change.ts'
import { requireRoom } from './begin-passkey.ts'
import { type PasskeyChallenges, takeChallenge } from './passkey-challenges.ts'
import { presentPasskey } from './list-passkeys.ts'
import { requireRelyingParty, type RelyingParty } from './relying-party.ts'
import type { NewCredential, Passkey } from './schemas.ts'
import { verifyNewCredential } from './verify-credential.ts'

export type AddPasskeyDeps = {
  db: Pick<Database, 'kysely' | 'unitOfWork'>
  passkeyChallenges: PasskeyChallenges
  relyingParty: RelyingParty | null
  mailbox: Mailbox | null
}

/**
 * Adds a passkey that was made for a challenge of this session. The owner is told by mail.
 * @throws HoldfastError `forbidden`, `not_configured`, `invalid_passkey` (also for a challenge that was used), `already_exists`, `conflict` (too many)
 */
export const addPasskey = async (
  deps: AddPasskeyDeps,
  actor: Actor,
  { name, credential }: { name: string; credential: NewCredential },
): Promise<Passkey> => {
  const party = requireRelyingParty(deps.relyingParty)
  const { userId, sessionId, email } = await ownAccount(deps, actor)
  const isChallenge = (challenge: string) => deps.passkeyChallenges.isOurs(challenge, `session ${sessionId}`)
  const key = await verifyNewCredential(credential, { party, isChallenge })
  if (key === undefined) throw new HoldfastError('invalid_passkey')
  const { result } = await deps.db.unitOfWork.run(async (uow) => {
    if (!(await takeChallenge(uow, key.challenge))) throw new HoldfastError('invalid_passkey')
    // Others that are added to the account wait, and are counted.
    await uow.tx.selectFrom('users').where('id', '=', userId).select('id').forUpdate().execute()
    const known = await uow.tx.selectFrom('passkeys').where('user_id', '=', userId).select('id').execute()
    requireRoom(known.length)
    const row = await uow.tx
      .insertInto('passkeys')
      .values({
        id: randomUUIDv7(),
        user_id: userId,
        credential_id: key.credentialId,
        public_key: key.publicKey,
        counter: key.counter,
        backed_up: key.backedUp,
        name,
      })
      .onConflict((conflict) => conflict.column('credential_id').doNothing())
      .returningAll()
      .executeTakeFirst()
    if (row === undefined) throw new HoldfastError('already_exists')
    uow.record({ kind: 'passkey.added', organizationId: null, actorId: userId, subject: row.id, payload: {} })
    postChange(uow, deps.mailbox, { to: email, change: 'passkey-added' })
    return presentPasskey(row)
  })
  return result
}
