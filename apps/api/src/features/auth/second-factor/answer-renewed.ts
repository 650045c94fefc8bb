import type { FastifyReply, FastifyRequest } from 'fastify'
import type { AccessTokens } from '../../../plugins/authenticate/access-tokens.ts'
import type { SessionCookie } from '../../../plugins/authenticate/session-cookie.ts'
import { SESSION_SECONDS } from '../sessions.ts'
import type { TokenPair } from '../token-pair.ts'
import type { RenewedSession, SessionForm } from './renew-session.ts'

export type AnswerRenewedDeps = {
  accessTokens: Pick<AccessTokens, 'issue'>
  sessionCookie: Pick<SessionCookie, 'write'>
}

/** What the caller's client has: a header goes before a cookie. */
export const formOf = (request: Pick<FastifyRequest, 'headers'>): SessionForm =>
  request.headers.authorization === undefined ? 'cookie' : 'tokens'

/** Hands the new session over in the form that the old one had. @returns the tokens; null for a cookie */
export const answerRenewed = async (
  deps: AnswerRenewedDeps,
  reply: FastifyReply,
  { session, userId }: { session: RenewedSession; userId: string },
): Promise<TokenPair | null> => {
  if (session.form === 'cookie') {
    reply.header('set-cookie', deps.sessionCookie.write(session.token, SESSION_SECONDS))
    return null
  }
  const { sessionId, refreshToken } = session
  return { ...(await deps.accessTokens.issue({ userId, sessionId })), refreshToken, tokenType: 'Bearer' }
}
