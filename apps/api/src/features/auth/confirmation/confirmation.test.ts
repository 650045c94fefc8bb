import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SoftwareAuthenticator } from '../../../testing/software-authenticator.ts'
import { buildSecondApi, buildTestApi, type TestApi } from '../../../testing/test-api.ts'
import {
  addPerson,
  addPersonsPasskey,
  addSession,
  madeConfirmation,
  type TestPerson,
} from '../../../testing/test-person.ts'
import { passkeyChallenge } from '../../../testing/test-passkey.ts'
import { codeOf } from '../../../testing/test-second-factor.ts'
import { CONFIRMATION_SECONDS } from './confirmations.ts'

const ORIGIN = 'https://files.example.org'
let api: TestApi
let second: TestApi
beforeAll(async () => {
  api = await buildTestApi({ mailConfigured: true, publicUrl: ORIGIN })
  second = await buildSecondApi(api, { publicUrl: ORIGIN })
})
afterAll(async () => {
  await second.stop()
  await api.stop()
})

type As = Record<string, string>
type Person = TestPerson & { device: SoftwareAuthenticator; passkeyId: string }
const post = (path: string, body: object | undefined, as: As, on = api) =>
  on.call('POST', `/api/v1${path}`, { body, as })

/** Somebody whom nothing but a passkey lets in. */
const newPerson = async (): Promise<Person> => {
  const person = await addPerson(api)
  const { device, id: passkeyId } = await addPersonsPasskey(api, person, ORIGIN)
  return { ...person, device, passkeyId }
}
const challengeOf = async ({ headers }: Person, as: As = headers) =>
  (await post('/auth/confirmations/challenge', undefined, as)).json()
const confirm = (person: Person, credential: object, as: As = person.headers) =>
  post('/auth/confirmations', { credential }, as)
const confirmationOf = async (person: Person): Promise<string> => {
  const reply = await confirm(person, person.device.get(await challengeOf(person)))
  expect(reply.json()).toEqual({ confirmation: expect.stringMatching(/^hfok_/), expiresIn: CONFIRMATION_SECONDS })
  return reply.json().confirmation
}
const eraseMe = ({ email, headers }: Person, confirmation: string, { as = headers, typed = email, on = api } = {}) =>
  post('/account/erasure', { confirmation, confirm: typed }, as, on)
const NOT_CONFIRMED = { status: 401, code: 'invalid_credentials' }
const made = (...what: [Parameters<typeof madeConfirmation>[1], number?]) => madeConfirmation(api, ...what)
const erasuresOf = async ({ id }: Person) =>
  (await api.db.kysely.selectFrom('erasures').where('user_id', '=', id).select('id').execute()).length

describe('somebody without a password', () => {
  it('has their account erased by a passkey, once they have typed its address', async () => {
    const person = await newPerson()
    const confirmation = await confirmationOf(person)
    // What fails for another reason uses nothing up.
    expect((await eraseMe(person, confirmation, { typed: 'x@example.org' })).json()).toMatchObject({ status: 400 })
    const reply = await eraseMe(person, confirmation)
    expect([reply.statusCode, reply.json()]).toEqual([
      202,
      { id: expect.any(String), receiptToken: expect.stringMatching(/^hfer_/) },
    ])
    expect((await api.call('GET', '/api/v1/auth/me', { as: person.headers })).statusCode).toBe(401)
  })

  it('has their organization erased, adds another passkey and changes their address', async () => {
    const person = await newPerson()
    const { headers, organizationId } = person
    const { slug } = await api.db.kysely
      .selectFrom('organizations')
      .where('id', '=', organizationId)
      .select('slug')
      .executeTakeFirstOrThrow()
    for (const [path, body, status] of [
      ['/auth/passkeys/options', {}, 200],
      ['/auth/email', { email: `new.${person.email}` }, 202],
      [`/organizations/${organizationId}/erasure`, { confirm: slug }, 202],
    ] as const) {
      const without = await post(path, { ...body, confirmation: 'hfok_x' }, headers)
      expect([path, without.json()]).toMatchObject([path, NOT_CONFIRMED])
      const confirmation = await confirmationOf(person)
      expect([path, (await post(path, { ...body, confirmation }, headers)).statusCode]).toEqual([path, status])
      expect([path, (await post(path, { ...body, confirmation }, headers)).json()]).toMatchObject([path, NOT_CONFIRMED])
    }
  })

  it('turns a second factor on, and shows no code beside a passkey, which is both factors', async () => {
    const person = await newPerson()
    const begun = await post('/auth/mfa/totp', { confirmation: await confirmationOf(person) }, person.headers)
    const code = codeOf(begun.json())
    const { tokens } = (await post('/auth/mfa/totp/confirm', { code }, person.headers)).json()
    person.headers = { authorization: `Bearer ${tokens.accessToken}` }
    const confirmation = await confirmationOf(person)
    expect((await post('/auth/passkeys/options', { confirmation }, person.headers)).statusCode).toBe(200)
    // Turning the app off takes one all the same.
    const again = await confirmationOf(person)
    const refused = await post('/auth/mfa/disable', { confirmation: again, code: '000000' }, person.headers)
    expect(refused.json()).toMatchObject({ status: 401, code: 'invalid_code' })
  })

  it('keeps the passkey that alone opens the account', async () => {
    const person = await newPerson()
    const path = `/api/v1/auth/passkeys/${person.passkeyId}`
    expect((await api.call('DELETE', path, { as: person.headers })).json()).toMatchObject({ status: 409 })
    const ways = await api.call('GET', '/api/v1/auth/ways', { as: person.headers })
    expect(ways.json()).toEqual({ password: false, passkeys: 1, singleSignOn: null })
  })
})

it('an operator without a password erases others, and themselves where another operator is left', async () => {
  const [person, other] = [await newPerson(), await addPerson(api)]
  const both = [person.id, other.id]
  await api.db.kysely.updateTable('users').set({ platform_role: 'operator' }).where('id', 'in', both).execute()
  await api.db.unitOfWork.run(async (uow) => uow.policy({ kind: 'user.changed', userId: person.id }))
  const [victim, tenant] = [await addPerson(api), await addPerson(api)]
  // Who they are now is read anew; what they may is known when the policy log was followed.
  await expect
    .poll(async () => (await api.call('GET', '/api/v1/admin/nodes', { as: person.headers })).statusCode)
    .toBe(200)
  const user = { confirmation: await confirmationOf(person), confirm: victim.email }
  expect((await post(`/admin/users/${victim.id}/erasure`, user, person.headers)).statusCode).toBe(202)
  const { slug } = await api.db.kysely
    .selectFrom('organizations')
    .where('id', '=', tenant.organizationId)
    .select('slug')
    .executeTakeFirstOrThrow()
  const organization = { confirmation: await confirmationOf(person), confirm: slug }
  const path = `/admin/organizations/${tenant.organizationId}/erasure`
  expect((await post(path, organization, person.headers)).statusCode).toBe(202)
  expect((await eraseMe(person, await confirmationOf(person))).statusCode).toBe(202)
})

describe('a confirmation', () => {
  it('is good in its own session alone, once, in all processes', async () => {
    const person = await newPerson()
    const { headers: other } = await addSession(api, person.id)
    const confirmation = await confirmationOf(person)
    expect((await eraseMe(person, confirmation, { as: other })).json()).toMatchObject(NOT_CONFIRMED)
    const attempts = Array.from({ length: 6 }, (_, n) =>
      eraseMe(person, confirmation, { on: n % 2 === 0 ? api : second }),
    )
    const statuses = (await Promise.all(attempts)).map(({ statusCode }) => statusCode)
    expect(statuses.filter((status) => status === 202)).toHaveLength(1)
    expect(await erasuresOf(person)).toBe(1)
  })

  it('is none when it is old, made for something else, or changed', async () => {
    const person = await newPerson()
    const { sessionId } = person
    const right = made(`confirmed ${sessionId} password`)
    const wrong = [
      made(`confirmed ${sessionId} password`, Date.now() - CONFIRMATION_SECONDS * 1_000),
      made(`confirm ${sessionId}`),
      made(`session ${sessionId}`),
      made('sign-in'),
      made(`confirmed ${person.id} password`),
      right.slice('hfok_'.length),
      `${right}AAAA`,
      right.replace(/.{6}$/, 'AAAAAA'),
      'hfok_',
    ]
    for (const token of wrong)
      expect([token, (await eraseMe(person, token)).json()]).toMatchObject([token, NOT_CONFIRMED])
    expect(await erasuresOf(person)).toBe(0)
    expect((await eraseMe(person, right)).statusCode).toBe(202)
  })

  it('is given for no passkey of somebody else, nor for what one signed to sign in or in another session', async () => {
    const [person, other] = [await newPerson(), await newPerson()]
    const refused = { status: 401, code: 'invalid_passkey' }
    const challenge = await challengeOf(person)
    expect((await confirm(person, other.device.get(challenge))).json()).toMatchObject(refused)
    expect((await confirm(person, person.device.get(await passkeyChallenge(api)))).json()).toMatchObject(refused)
    expect((await confirm(person, person.device.get(await challengeOf(other)))).json()).toMatchObject(refused)
    const signed = person.device.get(challenge)
    expect((await confirm(person, signed)).statusCode).toBe(200)
    expect((await confirm(person, signed)).json()).toMatchObject(refused)
    // Nor does what was signed for one sign in.
    const credential = person.device.get(await challengeOf(person))
    expect((await post('/auth/passkeys/sign-in', { credential }, {})).json()).toMatchObject(refused)
  })

  it('comes in place of the password, not beside it, and never from an API key', async () => {
    const person = await newPerson()
    const both = { confirmation: await confirmationOf(person), password: 'a password', confirm: person.email }
    expect((await post('/account/erasure', both, person.headers)).json()).toMatchObject({ status: 400 })
    expect((await post('/account/erasure', { confirm: person.email }, person.headers)).statusCode).toBe(400)
    const key = await api.addApiKey({ ...person, password: '' }, { name: 'x', scopes: ['admin:*'] })
    expect((await post('/auth/confirmations/challenge', undefined, key.headers)).json()).toMatchObject({ status: 403 })
    expect((await eraseMe(person, both.confirmation, { as: key.headers })).json()).toMatchObject({ status: 403 })
  })
})
