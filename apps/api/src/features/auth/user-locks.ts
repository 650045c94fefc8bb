import type { UnitOfWorkContext } from '@packages/db/unit-of-work'

/**
 * Whatever starts a session, or will later, holds the user; whatever ends all of a user's sessions waits for those that hold, and keeps others
 * from it until it is committed. Taken before any other lock on what is the user's.
 */
export const holdUser = async (uow: UnitOfWorkContext, userId: string): Promise<void> => {
  await uow.tx.selectFrom('users').where('id', '=', userId).select('id').forKeyShare().execute()
}

/** So that `delete from sessions` sees all that were begun. */
export const waitForSignIns = async (uow: UnitOfWorkContext, userId: string): Promise<void> => {
  await uow.tx.selectFrom('users').where('id', '=', userId).select('id').forUpdate().execute()
}
