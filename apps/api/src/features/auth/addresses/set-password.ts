import { randomUUIDv7 } from 'node:crypto'
import type { UnitOfWorkContext } from '@packages/db/unit-of-work'
import { dropChallenges } from '../second-factor/challenges.ts'

/** Writes a user's password; one who signed in otherwise so far gets their first. Sign-ins that are under way by the old one end. */
export const setPassword = async (uow: UnitOfWorkContext, userId: string, passwordHash: string): Promise<void> => {
  await uow.tx
    .insertInto('accounts')
    .values({
      id: randomUUIDv7(),
      user_id: userId,
      account_id: userId,
      provider_id: 'credential',
      password: passwordHash,
    })
    .onConflict((conflict) =>
      conflict.columns(['provider_id', 'account_id']).doUpdateSet({ password: passwordHash, updated_at: new Date() }),
    )
    .execute()
  await dropChallenges(uow, { userId })
}
