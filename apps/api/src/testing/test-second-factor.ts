import { Secret, TOTP } from 'otpauth'
import { addChallenge } from '../features/auth/second-factor/challenges.ts'
import type { TestApi, TestUser } from './test-api.ts'

export type TestFactor = { secret: string; recoveryCodes: string[] }

/** A code as the user's app shows it, `steps` of 30 s from now. */
export const codeOf = ({ secret }: Pick<TestFactor, 'secret'>, steps = 0): string =>
  new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: Date.now() + steps * 30_000 })

/** As if the last code had been taken long ago: codes of this minute may be used again. */
export const letTimePass = (api: TestApi, user: Pick<TestUser, 'id'>) =>
  api.db.kysely
    .updateTable('two_factors')
    .set({ last_step: 0, failures: 0, locked_until: null })
    .where('user_id', '=', user.id)
    .execute()

/** Turns a second factor on; the user's session is the new one from then on. */
export const addSecondFactor = async (api: TestApi, user: TestUser): Promise<TestFactor> => {
  const { password } = user
  const begun = await api.call('POST', '/api/v1/auth/mfa/totp', { body: { password }, as: user.headers })
  const { secret } = begun.json()
  const body = { code: codeOf({ secret }) }
  const done = await api.call('POST', '/api/v1/auth/mfa/totp/confirm', { body, as: user.headers })
  if (done.statusCode !== 200) throw new Error(`no second factor: ${done.body}`)
  const { recoveryCodes, tokens } = done.json()
  user.headers = { authorization: `Bearer ${tokens.accessToken}` }
  Object.assign(user, { accessToken: tokens.accessToken, refreshToken: tokens.refreshToken })
  await letTimePass(api, user)
  return { secret, recoveryCodes }
}

/** The token of a sign-in that asks for the second factor. */
export const mfaTokenOf = async (api: TestApi, { email, password }: TestUser): Promise<string> => {
  const reply = await api.call('POST', '/api/v1/auth/login', { body: { email, password } })
  if (reply.statusCode !== 202) throw new Error(`no challenge: ${reply.body}`)
  return reply.json().mfaToken
}

/** The same without the password, whose check takes its time: for tests of what comes after. */
export const challengeOf = async (api: TestApi, { id }: Pick<TestUser, 'id'>): Promise<string> => {
  const { result } = await api.db.unitOfWork.run((uow) => addChallenge(uow, id))
  return result.challenge.mfaToken
}
