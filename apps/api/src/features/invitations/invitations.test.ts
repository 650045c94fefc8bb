import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildSecondApi, buildTestApi, type TestApi, type TestUser } from '../../testing/test-api.ts'
import { lastMailTo, mailedToken } from '../../testing/test-mail.ts'
import { INVITED_ROLES } from './invitation-schema.ts'

let api: TestApi
let operator: TestUser
let owner: TestUser
beforeAll(async () => {
  api = await buildTestApi({ mailConfigured: true })
  operator = await api.setUp()
  owner = await api.addUser(operator)
})
afterAll(() => api.stop())

const PASSWORD = 'a secret of the invited'
const ROLE = INVITED_ROLES.at(-1)
const someone = () => `${randomUUID()}@example.org`
const invite = (email: string, as = owner.headers, role: string | undefined = ROLE, of = api) =>
  of.call('POST', '/api/v1/invitations', { body: { email, role }, as })
const accept = (body: object, as: Record<string, string> = {}) =>
  api.call('POST', '/api/v1/auth/invitation/accept', { body, as })
const memberships = async (email: string) => {
  const { rows } = await api.db.pool.query(
    `select m.organization_id as id, m.role, u.email_verified as verified from members m
     join users u on u.id = m.user_id where u.email = $1 order by m.created_at`,
    [email],
  )
  return rows
}
const signedIn = async (email: string, password: string) => {
  const reply = await api.call('POST', '/api/v1/auth/login', { body: { email, password } })
  return { authorization: `Bearer ${reply.json().accessToken}` }
}

const gone = async (token: string) =>
  expect((await accept({ token, name: 'Grace', password: PASSWORD })).statusCode).toBe(410)

describe('an invitation', () => {
  it('makes a new account in the organization alone, its address proven', async () => {
    const email = someone()
    const invited = await invite(email)
    expect(invited.json()).toMatchObject({ email, role: ROLE, link: null, expired: false })
    const token = await mailedToken(api, email)
    const shown = await api.call('POST', '/api/v1/auth/invitation', { body: { token } })
    expect(shown.json()).toMatchObject({
      email,
      role: ROLE,
      organization: { id: owner.organizationId },
      hasAccount: false,
    })
    expect((await accept({ token })).statusCode).toBe(400)
    const reply = await accept({ token, name: 'Grace', password: PASSWORD })
    expect([reply.statusCode, reply.json()]).toEqual([200, { organizationId: owner.organizationId }])
    expect(await memberships(email)).toEqual([{ id: owner.organizationId, role: ROLE, verified: true }])
    expect((await accept({ token, name: 'Again', password: PASSWORD })).statusCode).toBe(410)
  })

  it('is accepted by the account that has the address, signed in, from the next request on', async () => {
    const user = await api.addUser(operator)
    await invite(user.email)
    const token = await mailedToken(api, user.email)
    const in_ = { ...user.headers, 'holdfast-org': owner.organizationId }
    expect((await api.call('GET', '/api/v1/auth/me', { as: in_ })).statusCode).toBe(404)
    const body = { token, name: 'Grace', password: PASSWORD }
    expect((await accept(body)).statusCode).toBe(401)
    expect((await accept({ token }, (await api.addUser(operator)).headers)).statusCode).toBe(403)
    expect((await accept({ token }, (await api.addApiKey(user)).headers)).statusCode).toBe(403)
    expect((await accept({ token }, user.headers)).statusCode).toBe(200)
    expect((await api.call('GET', '/api/v1/auth/me', { as: in_ })).json().role).toBe(ROLE)
    expect((await memberships(user.email)).at(0).verified).toBe(true)
  })

  it('goes to one of ten that race with its link', async () => {
    const email = someone()
    await invite(email)
    const token = await mailedToken(api, email)
    const replies = await Promise.all(
      Array.from({ length: 10 }, () => accept({ token, name: 'Grace', password: PASSWORD })),
    )
    const statuses = replies.map(({ statusCode }) => statusCode)
    expect(statuses.filter((status) => status === 200)).toHaveLength(1)
    expect(statuses.filter((status) => status >= 500)).toEqual([])
    expect(await memberships(email)).toHaveLength(1)
  })

  it('ends when it is revoked, sent anew, replaced or a week old', async () => {
    const email = someone()
    const { id } = (await invite(email)).json()
    const first = await mailedToken(api, email)
    expect((await api.call('POST', `/api/v1/invitations/${id}/resend`, { as: owner.headers })).statusCode).toBe(200)
    const second = await mailedToken(api, email)
    await gone(first)
    const replacing = (await invite(email)).json()
    const third = await mailedToken(api, email)
    await gone(second)
    expect((await api.call('DELETE', `/api/v1/invitations/${replacing.id}`, { as: owner.headers })).statusCode).toBe(
      204,
    )
    await gone(third)
    await invite(email)
    await api.db.pool.query(`update invitations set expires_at = now() - interval '1 s' where email = $1`, [email])
    await gone(await mailedToken(api, email))
    expect(await memberships(email)).toEqual([])
  })

  it('is listed, changed and made by owners and admins of the organization alone', async () => {
    const email = someone()
    await invite(email)
    const joined = async (role: string) => {
      const address = someone()
      await invite(address, owner.headers, role)
      await accept({ token: await mailedToken(api, address), name: 'X', password: PASSWORD })
      return signedIn(address, PASSWORD)
    }
    const list = await api.call('GET', '/api/v1/invitations', { as: owner.headers })
    const { id } = list.json().invitations.find((one: { email: string }) => one.email === email)
    for (const role of INVITED_ROLES.filter((one) => one !== 'admin')) {
      const as = await joined(role)
      expect((await invite(someone(), as)).statusCode).toBe(403)
      expect((await api.call('GET', '/api/v1/invitations', { as })).statusCode).toBe(403)
      expect((await api.call('DELETE', `/api/v1/invitations/${id}`, { as })).statusCode).toBe(403)
    }
    const stranger = await api.addUser(operator)
    expect((await api.call('DELETE', `/api/v1/invitations/${id}`, { as: stranger.headers })).statusCode).toBe(404)
    expect((await api.call('POST', `/api/v1/invitations/${id}/resend`, { as: stranger.headers })).statusCode).toBe(404)
    expect((await invite(someone(), await joined('admin'))).statusCode).toBe(201)
  })

  it('makes nobody an owner, and no member twice', async () => {
    expect((await invite(someone(), owner.headers, 'owner')).statusCode).toBe(400)
    expect((await invite(owner.email)).json().code).toBe('already_exists')
  })

  it('is kept as a hash, and its mail names inviter and organization', async () => {
    const email = someone()
    await invite(email)
    const token = await mailedToken(api, email)
    const { rows } = await api.db.pool.query(`select i::text as text from invitations i where email = $1`, [email])
    expect(rows[0].text).not.toContain(token)
    expect((await lastMailTo(api, email))?.content).toMatchObject({ template: 'invitation', inviter: owner.email })
  })

  it('is shown to the inviter where no mail is sent, and then proves no address', async () => {
    const silent = await buildSecondApi(api)
    try {
      const email = someone()
      const { link } = (await invite(email, owner.headers, ROLE, silent)).json()
      const token = String(link).split('#token=')[1]
      expect((await accept({ token, name: 'Grace', password: PASSWORD })).statusCode).toBe(200)
      expect(await memberships(email)).toMatchObject([{ verified: false }])
    } finally {
      await silent.app.close()
    }
  })

  it('makes no new account where registration is closed', async () => {
    const closed = await buildSecondApi(api, { registration: { mode: 'closed', perAddress: 9, perDomain: 9 } })
    try {
      const email = someone()
      await invite(email)
      const body = { token: await mailedToken(api, email), name: 'Grace', password: PASSWORD }
      const reply = await closed.call('POST', '/api/v1/auth/invitation/accept', { body })
      expect(reply.json().code).toBe('registration_closed')
    } finally {
      await closed.app.close()
    }
  })
})
