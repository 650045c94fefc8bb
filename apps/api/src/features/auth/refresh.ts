import type { Database } from '@packages/db/open-database'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { AccessTokens } from '../../plugins/authenticate/access-tokens.ts'
import type { Authenticator } from '../../plugins/authenticate/authenticator.ts'
import type { RecordReply } from '../../plugins/idempotency/idempotent.ts'
import { rotateRefreshToken } from './sessions.ts'
import type { TokenPair } from './token-pair.ts'

export type RefreshDeps = {
  db: Pick<Database, 'unitOfWork'>
  accessTokens: Pick<AccessTokens, 'issue'>
  authenticator: Pick<Authenticator, 'invalidate'>
}

/** A new pair of tokens. @throws HoldfastError `invalid_token`, `refresh_token_reused` (the session has ended) */
export const refresh = async (deps: RefreshDeps, refreshToken: string, record: RecordReply): Promise<TokenPair> => {
  const { result: rotation } = await deps.db.unitOfWork.run(async (uow) => {
    const rotation = await rotateRefreshToken(uow, refreshToken)
    if (rotation.outcome === 'rotated') await record(uow.tx, { status: 200, body: null, subject: rotation.sessionId })
    return rotation
  })
  if (rotation.outcome === 'unknown') throw new HoldfastError('invalid_token')
  if (rotation.outcome === 'reused') {
    deps.authenticator.invalidate({ kind: 'session.revoked', sessionId: rotation.sessionId })
    throw new HoldfastError('refresh_token_reused')
  }
  const { userId, sessionId } = rotation
  const issued = await deps.accessTokens.issue({ userId, sessionId })
  return { ...issued, refreshToken: rotation.refreshToken, tokenType: 'Bearer' }
}
