import type { Database } from '@packages/db/open-database'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { Actor } from '../../../authorization/actor.ts'
import { ownAccount } from '../addresses/own-account.ts'
import type { Mailbox } from '../mailbox.ts'
import { postChange } from '../second-factor/post-change.ts'
import { waitForSignIns } from '../user-locks.ts'
import { requireWayIn } from './count-ways.ts'

export type UnlinkDeps = { db: Pick<Database, 'kysely' | 'unitOfWork'>; mailbox: Mailbox | null }

/** No sign-in provider opens the caller's account from now on; its owner is told. @throws HoldfastError `forbidden`, `not_found`, `conflict` */
export const unlink = async ({ db, mailbox }: UnlinkDeps, actor: Actor): Promise<void> => {
  const { userId, email } = await ownAccount({ db }, actor)
  await db.unitOfWork.run(async (uow) => {
    await waitForSignIns(uow, userId)
    const gone = await uow.tx
      .deleteFrom('accounts')
      .where('user_id', '=', userId)
      .where('provider_id', 'like', 'oidc %')
      .returning('id')
      .execute()
    if (gone.length === 0) throw new HoldfastError('not_found')
    await requireWayIn(uow, userId)
    uow.record({ kind: 'oidc.unlinked', organizationId: null, actorId: userId, subject: userId, payload: {} })
    postChange(uow, mailbox, { to: email, change: 'provider-unlinked' })
  })
}
