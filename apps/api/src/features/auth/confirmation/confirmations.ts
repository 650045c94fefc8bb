import type { UnitOfWorkContext } from '@packages/db/unit-of-work'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { type PasskeyChallenges, takeChallenge } from '../passkeys/passkey-challenges.ts'
import type { Shown } from '../sessions.ts'

export const CONFIRMATION_SECONDS = 300
const PREFIX = 'hfok_'
const STRENGTHS: readonly Shown[] = ['second-factor', 'password']

export type ConfirmationsDeps = { passkeyChallenges: Pick<PasskeyChallenges, 'make' | 'isOurs'> }

/**
 * Tokens that say that the person of a session was there a moment ago, by a passkey or by their sign-in provider: what a password says where there is one.
 * Each is good in its session alone, once, for five minutes. Nothing is stored until one is used.
 */
export class Confirmations {
  readonly #challenges: ConfirmationsDeps['passkeyChallenges']

  constructor({ passkeyChallenges }: ConfirmationsDeps) {
    this.#challenges = passkeyChallenges
  }

  make(sessionId: string, shown: Shown): string {
    const token = this.#challenges.make(`confirmed ${sessionId} ${shown}`)
    return `${PREFIX}${Buffer.from(token).toString('base64url')}`
  }

  /** What was shown for a token in this session; undefined for one that is not right. Whether it was used is found out by `takeConfirmation`. */
  shownBy(token: string, sessionId: string): Shown | undefined {
    if (!token.startsWith(PREFIX)) return undefined
    return STRENGTHS.find((shown) => this.#challenges.isOurs(bodyOf(token), `confirmed ${sessionId} ${shown}`))
  }
}

const bodyOf = (token: string): string => token.slice(PREFIX.length)

export const notConfirmed = (): HoldfastError =>
  new HoldfastError('invalid_credentials', {
    detail: 'The confirmation is not of this session, was used, or is older than five minutes: confirm again.',
  })

/** Uses a token up that is right, in the transaction of what it was given for. @throws HoldfastError `invalid_credentials` when it was used */
export const takeConfirmation = async (uow: UnitOfWorkContext, token: string): Promise<void> => {
  if (!(await takeChallenge(uow, bodyOf(token)))) throw notConfirmed()
}
