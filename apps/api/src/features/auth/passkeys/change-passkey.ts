import type { Database } from '@packages/db/open-database'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { isUuid } from '@packages/shared/ids'
import type { Actor } from '../../../authorization/actor.ts'
import { ownAccount } from '../addresses/own-account.ts'
import type { Mailbox } from '../mailbox.ts'
import { requireSession } from '../require-session.ts'
import { postChange } from '../second-factor/post-change.ts'
import { waitForSignIns } from '../user-locks.ts'
import { requireWayIn } from '../ways/count-ways.ts'
import { presentPasskey } from './list-passkeys.ts'
import type { Passkey } from './schemas.ts'

export type ChangePasskeyDeps = { db: Pick<Database, 'kysely' | 'unitOfWork'>; mailbox: Mailbox | null }

/** @throws HoldfastError `not_found`, also for one of somebody else */
export const renamePasskey = async (
  { db }: Pick<ChangePasskeyDeps, 'db'>,
  actor: Actor,
  { id, name }: { id: string; name: string },
): Promise<Passkey> => {
  const { userId } = requireSession(actor)
  if (!isUuid(id)) throw new HoldfastError('not_found')
  const { result } = await db.unitOfWork.run(async (uow) => {
    const row = await uow.tx
      .updateTable('passkeys')
      .set({ name })
      .where('id', '=', id)
      .where('user_id', '=', userId)
      .returningAll()
      .executeTakeFirst()
    if (row === undefined) throw new HoldfastError('not_found')
    uow.record({ kind: 'passkey.renamed', organizationId: null, actorId: userId, subject: id, payload: {} })
    return presentPasskey(row)
  })
  return result
}

/** It signs in no more; the owner is told by mail. @throws HoldfastError `not_found`, also for one of somebody else; `conflict` for the last way in */
export const removePasskey = async ({ db, mailbox }: ChangePasskeyDeps, actor: Actor, id: string): Promise<void> => {
  const { userId, email } = await ownAccount({ db }, actor)
  if (!isUuid(id)) throw new HoldfastError('not_found')
  await db.unitOfWork.run(async (uow) => {
    await waitForSignIns(uow, userId)
    const row = await uow.tx
      .deleteFrom('passkeys')
      .where('id', '=', id)
      .where('user_id', '=', userId)
      .returning('id')
      .executeTakeFirst()
    if (row === undefined) throw new HoldfastError('not_found')
    await requireWayIn(uow, userId)
    uow.record({ kind: 'passkey.removed', organizationId: null, actorId: userId, subject: id, payload: {} })
    postChange(uow, mailbox, { to: email, change: 'passkey-removed' })
  })
}
