import type { UnitOfWorkContext } from '@packages/db/unit-of-work'
import { endSessions, type SessionClient, type StartedSession, startCookieSession, startSession } from '../sessions.ts'

/** How the caller's client holds its session. */
export type SessionForm = 'cookie' | 'tokens'

export type RenewedSession = (
  | { form: 'cookie'; token: string; sessionId: string }
  | ({ form: 'tokens' } & StartedSession)
) & {
  /** To be forgotten by this process after the commit. */
  ended: string[]
}

/**
 * Another session for the caller, who has shown a second factor, in place of all that the user had: those who hold an old one
 * never showed it, and an old token must not grow in what it may do.
 */
export const renewSession = async (
  uow: UnitOfWorkContext,
  userId: string,
  { client, form }: { client: SessionClient; form: SessionForm },
): Promise<RenewedSession> => {
  const ended = await endSessions(uow, userId, 'second-factor-changed')
  return form === 'cookie'
    ? { form, ended, ...(await startCookieSession(uow, userId, client, 'second-factor')) }
    : { form, ended, ...(await startSession(uow, userId, client, 'second-factor')) }
}
