import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildTestApi, TEST_ORIGIN, type TestApi } from '../../../testing/test-api.ts'
import { type HostileIssuer, startHostileIssuer } from '../../../testing/test-hostile-issuer.ts'
import { lastMailTo } from '../../../testing/test-mail.ts'
import { CLIENT } from '../../../testing/test-openid-provider.ts'
import { addPerson, addSession, madeConfirmation, type TestPerson } from '../../../testing/test-person.ts'
import type { OidcOptions } from './create-oidc.ts'
import { finishLink } from './link-account.ts'

let issuer: HostileIssuer
let api: TestApi
let nonce = ''

beforeAll(async () => {
  issuer = await startHostileIssuer(() => nonce)
  const policy = { domains: ['example.org'], claims: [], linkByEmail: false, trustSecondFactor: false }
  const oidc: OidcOptions = { ...CLIENT, issuer: issuer.issuer, label: 'Example', policy }
  api = await buildTestApi({ mailConfigured: true, oidc })
})
afterAll(async () => {
  await api.stop()
  await issuer.stop()
})

const now = () => Math.floor(Date.now() / 1000)
type Reply = { headers: Record<string, unknown>; statusCode: number }
const cookieOf = ({ headers }: Reply): string => String([headers['set-cookie'] ?? []].flat()[0]).split(';')[0] ?? ''
const begin = async (what: 'link' | 'confirm', { headers, sessionId }: TestPerson) => {
  const proof = what === 'link' ? { confirmation: madeConfirmation(api, `confirmed ${sessionId} password`) } : {}
  const reply = await api.call('POST', `/api/auth/oidc/${what}`, { body: proof, as: headers })
  if (reply.statusCode !== 200) throw new Error(reply.body)
  const query = new URL(reply.json().url).searchParams
  nonce = query.get('nonce') ?? ''
  return { query, nonce, state: query.get('state') ?? '', cookie: cookieOf(reply) }
}
type Flow = Awaited<ReturnType<typeof begin>>
/** Comes back as this subject. @returns the page that it leads to */
const comeBack = async (flow: Flow, claims: object): Promise<string> => {
  nonce = flow.nonce
  issuer.answer = { idToken: { claims: { ...claims } } }
  const path = `/api/auth/oidc/callback?code=c&state=${flow.state}`
  const reply = await api.call('GET', path, { headers: { cookie: flow.cookie } })
  expect([reply.statusCode, JSON.stringify(reply.headers['set-cookie']).includes('session_token')]).toEqual([
    303,
    false,
  ])
  return String(reply.headers.location).replace(`${TEST_ORIGIN}/`, '')
}
const link = async (person: TestPerson, sub: string) => comeBack(await begin('link', person), { sub })
const waysOf = async ({ headers }: TestPerson) => (await api.call('GET', '/api/v1/auth/ways', { as: headers })).json()
const eventsOf = async ({ id }: TestPerson) => {
  const rows = await api.db.kysely
    .selectFrom('events')
    .where('subject', '=', id)
    .where('kind', 'in', ['oidc.linked', 'oidc.unlinked'])
    .select(['kind', 'payload'])
    .execute()
  return rows.map(({ kind, payload }) => [kind, payload])
}

describe('linking from a session', () => {
  it('makes the provider open the account, whatever its address there, is told by mail and audited, and is undone', async () => {
    const [person, sub] = [await addPerson(api), randomUUID()]
    expect(await waysOf(person)).toMatchObject({ singleSignOn: { label: 'Example', linkedSince: null } })
    expect(await comeBack(await begin('link', person), { sub, email: 'other@example.org' })).toBe('security#linked')
    expect(await lastMailTo(api, person.email)).toMatchObject({ content: { template: 'oidc-linked' } })
    expect(await waysOf(person)).toMatchObject({ singleSignOn: { linkedSince: expect.stringMatching(/^20/) } })

    const start = await api.call('POST', '/api/auth/oidc/start', { body: {} })
    nonce = new URL(start.json().url).searchParams.get('nonce') ?? ''
    const state = new URL(start.json().url).searchParams.get('state')
    issuer.answer = { idToken: { claims: { sub } } }
    const path = `/api/auth/oidc/callback?code=c&state=${state}`
    const arrived = await api.call('GET', path, { headers: { cookie: cookieOf(start) } })
    const cookie = [arrived.headers['set-cookie'] ?? []]
      .flat()
      .map((set) => String(set).split(';')[0])
      .join('; ')
    expect((await api.call('GET', '/api/v1/auth/me', { as: { cookie } })).json()).toMatchObject({
      user: { id: person.id },
    })

    const unlinking = () => api.call('DELETE', '/api/v1/auth/ways/single-sign-on', { as: person.headers })
    // Nothing else opens it.
    expect((await unlinking()).json()).toMatchObject({ status: 409, code: 'conflict' })
    const account = { id: randomUUID(), user_id: person.id, account_id: person.id, provider_id: 'credential' }
    await api.db.kysely
      .insertInto('accounts')
      .values({ ...account, password: 'x' })
      .execute()
    expect((await unlinking()).statusCode).toBe(204)
    expect((await unlinking()).statusCode).toBe(404)
    expect(await lastMailTo(api, person.email)).toMatchObject({ content: { change: 'provider-unlinked' } })
    expect(await eventsOf(person)).toEqual([
      ['oidc.linked', { by: 'session' }],
      ['oidc.unlinked', {}],
    ])
  })

  it('takes who somebody is once more, of a person in a session alone', async () => {
    const person = await addPerson(api)
    const asked = issuer.asked.length
    const body = { confirmation: madeConfirmation(api, `confirmed ${person.id} password`) }
    const refused = await api.call('POST', '/api/auth/oidc/link', { body, as: person.headers })
    expect(refused.json()).toMatchObject({ status: 401, code: 'invalid_credentials' })
    const { headers } = await api.addApiKey({ ...person, password: '' }, { name: 'x', scopes: ['admin:*'] })
    for (const path of ['link', 'confirm']) {
      const given = { body: path === 'link' ? body : {} }
      expect((await api.call('POST', `/api/auth/oidc/${path}`, given)).statusCode).toBe(401)
      expect((await api.call('POST', `/api/auth/oidc/${path}`, { ...given, as: headers })).statusCode).toBe(403)
      const page = {
        cookie: 'holdfast.session_token=x',
        origin: 'https://evil.example',
        'sec-fetch-site': 'cross-site',
      }
      const crossed = await api.call('POST', `/api/auth/oidc/${path}`, { ...given, headers: page })
      expect(crossed.json()).toMatchObject({ status: 403, code: 'cross_site_request' })
    }
    expect(issuer.asked.length).toBe(asked)
  })

  it('never takes a subject from another account, nor a second one, nor who may not sign in here', async () => {
    const [person, other] = [await addPerson(api), await addPerson(api)]
    const [sub, theirs] = [randomUUID(), randomUUID()]
    expect(await link(other, theirs)).toBe('security#linked')
    expect(await link(person, theirs)).toBe('security#error=sso_linked_elsewhere')
    const elsewhere = { sub, email: 'x@elsewhere.example' }
    expect(await comeBack(await begin('link', person), elsewhere)).toBe('security#error=sso_not_allowed')
    expect(await waysOf(person)).toMatchObject({ singleSignOn: { linkedSince: null } })
    const [one, two] = [await begin('link', person), await begin('link', person)]
    expect(await comeBack(one, { sub })).toBe('security#linked')
    expect(await comeBack(two, { sub: randomUUID() })).toBe('security#error=conflict')
    const body = { confirmation: madeConfirmation(api, `confirmed ${person.sessionId} password`) }
    const again = await api.call('POST', '/api/auth/oidc/link', { body, as: person.headers })
    expect(again.json()).toMatchObject({ status: 409, code: 'conflict' })
  })

  it('ends with the session that began it, and gives one of two that race for a subject', async () => {
    const [one, two] = [await addPerson(api), await addPerson(api)]
    const flow = await begin('link', one)
    await api.call('POST', '/api/v1/auth/logout', { as: one.headers })
    expect(await comeBack(flow, { sub: randomUUID() })).toBe('sso#error=sso_failed')
    Object.assign(one, await addSession(api, one.id))
    const sub = randomUUID()
    const told = { purpose: 'link', nonce: '', verifier: '', state: '', query: '' } as const
    const policy = { domains: [], claims: [], linkByEmail: false, trustSecondFactor: false }
    const deps = {
      db: api.db,
      issuer: issuer.issuer,
      policy,
      mailbox: null,
      provider: { redeem: async () => ({ sub }) },
    }
    const racing = [one, two].map(({ sessionId }) => finishLink(deps, { ...told, sessionId }, sessionId))
    const ends = (await Promise.allSettled(racing)).map(({ status }) => status)
    expect(ends.toSorted()).toEqual(['fulfilled', 'rejected'])
    const linked = await api.db.kysely.selectFrom('accounts').where('account_id', '=', sub).select('id').execute()
    expect(linked).toHaveLength(1)
  })

  it('is refused to operators', async () => {
    const person = await addPerson(api)
    const flow = await begin('link', person)
    await api.db.kysely.updateTable('users').set({ platform_role: 'operator' }).where('id', '=', person.id).execute()
    expect(await comeBack(flow, { sub: randomUUID() })).toBe('security#error=forbidden')
    await api.db.unitOfWork.run(async (uow) => uow.policy({ kind: 'user.changed', userId: person.id }))
    const body = { confirmation: madeConfirmation(api, `confirmed ${person.sessionId} password`) }
    await expect
      .poll(async () => (await api.call('POST', '/api/auth/oidc/link', { body, as: person.headers })).statusCode)
      .toBe(403)
  })
})

const newLinked = async (): Promise<TestPerson & { sub: string }> => {
  const [person, sub] = [await addPerson(api), randomUUID()]
  expect(await link(person, sub)).toBe('security#linked')
  return { ...person, sub }
}

describe('a confirmation by the provider', () => {
  it('erases the account of somebody whom nothing else lets in', async () => {
    const person = await newLinked()
    const flow = await begin('confirm', person)
    expect([flow.query.get('prompt'), flow.query.get('max_age')]).toEqual(['login', '300'])
    const page = await comeBack(flow, { sub: person.sub, auth_time: now() - 5 })
    const [, confirmation] = /^security#confirmed=(hfok_[\w-]+)$/.exec(page) ?? []
    const body = { confirmation, confirm: person.email }
    const other = await addSession(api, person.id)
    const erase = (headers: Record<string, string>) =>
      api.call('POST', '/api/v1/account/erasure', { body, as: headers })
    expect((await erase(other.headers)).statusCode).toBe(401)
    expect((await erase(person.headers)).statusCode).toBe(202)
  })

  it('is given to nobody else, nor for a sign-in there that was long ago or is not told', async () => {
    const [person, other] = [await newLinked(), await newLinked()]
    const cases: [object, string][] = [
      [{ sub: other.sub, auth_time: now() }, 'sso_not_you'],
      [{ sub: randomUUID(), auth_time: now() }, 'sso_not_you'],
      [{ sub: person.sub }, 'sso_failed'],
      [{ sub: person.sub, auth_time: now() - 3_600 }, 'sso_failed'],
      [{ sub: person.sub, auth_time: String(now()) }, 'sso_failed'],
    ]
    for (const [claims, code] of cases)
      expect([claims, await comeBack(await begin('confirm', person), claims)]).toEqual([
        claims,
        `security#error=${code}`,
      ])
    const flow = await begin('confirm', person)
    await api.call('DELETE', '/api/v1/auth/sessions', { as: (await addSession(api, person.id)).headers })
    expect(await comeBack(flow, { sub: person.sub, auth_time: now() })).toBe('sso#error=sso_failed')
  })

  it('is not begun by who is not linked', async () => {
    const { headers } = await addPerson(api)
    expect((await api.call('POST', '/api/auth/oidc/confirm', { body: {}, as: headers })).statusCode).toBe(404)
  })
})
