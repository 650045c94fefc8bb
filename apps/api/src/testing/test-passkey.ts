import { SoftwareAuthenticator, type Twist } from './software-authenticator.ts'
import type { TestApi, TestUser } from './test-api.ts'

/** Adds a passkey to a user who is signed in; `shown` goes with the password. */
export const addTestPasskey = async (
  api: TestApi,
  user: TestUser,
  { origin, shown = {}, twist = {} }: { origin: string; shown?: object; twist?: Twist },
): Promise<{ device: SoftwareAuthenticator; id: string }> => {
  const device = new SoftwareAuthenticator(origin)
  const body = { password: user.password, ...shown }
  const begun = await api.call('POST', '/api/v1/auth/passkeys/options', { body, as: user.headers })
  if (begun.statusCode !== 200) throw new Error(`no options: ${begun.body}`)
  const credential = device.create(begun.json(), twist)
  const added = await api.call('POST', '/api/v1/auth/passkeys', {
    body: { name: 'A device', credential },
    as: user.headers,
  })
  if (added.statusCode !== 201) throw new Error(`no passkey: ${added.body}`)
  return { device, id: added.json().id }
}

/** Options of a sign-in. */
export const passkeyChallenge = async (api: TestApi): Promise<{ challenge: string }> =>
  (await api.call('POST', '/api/v1/auth/passkeys/challenge')).json()
