import type { Tables } from '@packages/db/tables'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { Kysely } from 'kysely'
import { hasSecondFactor } from './has-second-factor.ts'

/** better-auth was about to give a session to a user who has shown the password only. Who does not catch it refuses the sign-in. */
export class SecondFactorNeeded extends HoldfastError {
  readonly userId: string

  constructor(userId: string) {
    super('second_factor_required')
    this.userId = userId
  }
}

/** Before a session of better-auth is made, by whichever of its routes. @throws SecondFactorNeeded */
export const requirePasswordOnly = async (kysely: Kysely<Tables>, userId: string): Promise<void> => {
  if (await hasSecondFactor(kysely, userId)) throw new SecondFactorNeeded(userId)
}

/**
 * After it was made: a second factor that was turned on between the look and the insert has ended the sessions that it saw. Nobody has
 * been told this one's token yet. @throws SecondFactorNeeded
 */
export const endUnlessPasswordOnly = async (
  kysely: Kysely<Tables>,
  session: { id: string; userId: string },
): Promise<void> => {
  if (!(await hasSecondFactor(kysely, session.userId))) return
  await kysely.deleteFrom('sessions').where('id', '=', session.id).execute()
  throw new SecondFactorNeeded(session.userId)
}
