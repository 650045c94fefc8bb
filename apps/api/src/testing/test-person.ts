import { randomUUIDv7 } from 'node:crypto'
import { insertOrganization, TRIAL_PLAN } from '../features/organizations/insert-organization.ts'
import { PasskeyChallenges } from '../features/auth/passkeys/passkey-challenges.ts'
import { startSession } from '../features/auth/sessions.ts'
import { SoftwareAuthenticator } from './software-authenticator.ts'
import type { TestApi, TestUser } from './test-api.ts'

export type TestPerson = Omit<TestUser, 'password'> & { sessionId: string }

/** Another session of a user. */
export const addSession = async (
  api: TestApi,
  userId: string,
): Promise<Pick<TestPerson, 'sessionId' | 'accessToken' | 'refreshToken' | 'headers'>> => {
  const client = { ipAddress: '127.0.0.1', userAgent: undefined }
  const { result } = await api.db.unitOfWork.run((uow) => startSession(uow, userId, client, 'second-factor'))
  const body = { refreshToken: result.refreshToken }
  const { accessToken, refreshToken } = (await api.call('POST', '/api/v1/auth/refresh', { body })).json()
  const headers = { authorization: `Bearer ${accessToken}` }
  return { sessionId: result.sessionId, accessToken, refreshToken, headers }
}

/** Somebody with an organization of their own, signed in, without a password: made quickly, for no password is hashed. */
export const addPerson = async (api: TestApi): Promise<TestPerson> => {
  const id = randomUUIDv7()
  const email = `${id}@example.org`
  const { result: organization } = await api.db.unitOfWork.run(async (uow) => {
    await uow.tx.insertInto('users').values({ id, email, name: 'A person', email_verified: true }).execute()
    return insertOrganization(uow, { name: `Of ${id}`, ownerId: id, plan: TRIAL_PLAN })
  })
  return { id, email, organizationId: organization.id, ...(await addSession(api, id)) }
}

/** What stands for a password in a person's session, as `POST /auth/confirmations` gives it. */
export const madeConfirmation = (
  api: TestApi,
  what: Parameters<PasskeyChallenges['make']>[0],
  now = Date.now(),
): string => `hfok_${Buffer.from(new PasskeyChallenges(api.masterKey).make(what, now)).toString('base64url')}`

/** A passkey of theirs. */
export const addPersonsPasskey = async (
  api: TestApi,
  { headers, sessionId }: TestPerson,
  origin: string,
): Promise<{ device: SoftwareAuthenticator; id: string }> => {
  const device = new SoftwareAuthenticator(origin)
  const confirmation = madeConfirmation(api, `confirmed ${sessionId} second-factor`)
  const begun = await api.call('POST', '/api/v1/auth/passkeys/options', { body: { confirmation }, as: headers })
  const body = { name: 'A device', credential: device.create(begun.json()) }
  const added = await api.call('POST', '/api/v1/auth/passkeys', { body, as: headers })
  if (added.statusCode !== 201) throw new Error(`no passkey: ${added.body}`)
  return { device, id: added.json().id }
}
