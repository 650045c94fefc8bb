import type { Database } from '@packages/db/open-database'
import { isUniqueViolation } from '@packages/db/postgres-errors'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { Authenticator } from '../../../plugins/authenticate/authenticator.ts'
import { dropEmailTokens, takeEmailToken } from '../email-tokens.ts'
import type { Mailbox } from '../mailbox.ts'
import { findUserByEmail } from './find-user.ts'

export type ConfirmEmailDeps = {
  db: Pick<Database, 'unitOfWork'>
  mailbox: Mailbox | null
  authenticator: Pick<Authenticator, 'invalidate'>
}

/** Another took the address in this moment. */
const refuseTaken = (error: unknown): never => {
  throw isUniqueViolation(error, 'users_email_key') ? new HoldfastError('link_expired') : error
}

/**
 * Proves an address by the link that was mailed to it: the account's own, or the one it changes to; then the old one is
 * told. @throws HoldfastError `link_expired`
 */
export const confirmEmail = async (deps: ConfirmEmailDeps, token: string): Promise<void> => {
  const { result: userId } = await deps.db.unitOfWork
    .run(async (uow) => {
      const { purpose, user_id: id, email } = await takeEmailToken(uow, ['verify-email', 'change-email'], token)
      if (id === null) throw new HoldfastError('link_expired')
      const user = await uow.tx.selectFrom('users').where('id', '=', id).select('email').forUpdate().executeTakeFirst()
      if (user === undefined) throw new HoldfastError('link_expired')
      const owner = await findUserByEmail(uow.tx, email)
      // Taken meanwhile by another, or the account has another address by now.
      if (purpose === 'change-email' ? owner !== undefined : owner?.id !== id) throw new HoldfastError('link_expired')
      await uow.tx
        .updateTable('users')
        .set({ email, email_verified: true, updated_at: new Date() })
        .where('id', '=', id)
        .execute()
      uow.policy({ kind: 'user.changed', userId: id })
      const kind = purpose === 'change-email' ? 'user.email-changed' : 'user.email-verified'
      uow.record({ kind, organizationId: null, actorId: id, subject: id, payload: {} })
      if (purpose === 'change-email') {
        // What was mailed to the old address must not open the account any more.
        await dropEmailTokens(uow, id, ['reset-password', 'verify-email', 'change-email'])
        deps.mailbox?.post(uow, { to: user.email, content: { template: 'email-changed', newEmail: email } })
      }
      return id
    })
    .catch(refuseTaken)
  deps.authenticator.invalidate({ kind: 'user.changed', userId })
}
