import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, it, test } from 'vitest'
import { buildSecondApi, buildTestApi, type TestApi, type TestUser } from '../../../testing/test-api.ts'
import { lastMailTo, mailedToken, postedMails } from '../../../testing/test-mail.ts'

const REGISTRATION = { mode: 'open', perAddress: 1_000, perDomain: 1_000 } as const

let api: TestApi
let operator: TestUser
beforeAll(async () => {
  api = await buildTestApi({ mailConfigured: true, registration: REGISTRATION })
  operator = await api.setUp()
})
afterAll(() => api.stop())

const PASSWORD = 'a secret of the applicant'
const register = (email: string, body: object = {}, of = api) =>
  of.call('POST', '/api/v1/auth/register', { body: { email, name: 'Grace', ...body } })
const complete = (token: string, password = PASSWORD) =>
  api.call('POST', '/api/v1/auth/register/complete', { body: { token, password } })
const someone = (domain = 'example.org') => `${randomUUID()}@${domain}`

it('makes an account, on the trial plan and proven, when the mailed link is used', async () => {
  const email = someone()
  const reply = await register(email, { organizationName: 'Hopper & Co' })
  expect([reply.statusCode, reply.body]).toEqual([202, '{}'])
  const { rows: none } = await api.db.pool.query('select 1 from users where email = $1', [email])
  expect(none).toEqual([])
  const made = await complete(await mailedToken(api, email))
  expect([made.statusCode, made.json().organization.name]).toEqual([201, 'Hopper & Co'])
  const { rows } = await api.db.pool.query(
    `select u.email_verified, o.plan, m.role from users u join members m on m.user_id = u.id
     join organizations o on o.id = m.organization_id where u.email = $1`,
    [email],
  )
  expect(rows).toEqual([{ email_verified: true, plan: 'trial', role: 'owner' }])
  const login = await api.call('POST', '/api/v1/auth/login', { body: { email, password: PASSWORD } })
  expect(login.statusCode).toBe(200)
})

it('answers and works the same for an address that has an account, and tells its reader', async () => {
  const before = (await postedMails(api)).length
  const email = someone()
  const [fresh, taken] = [await register(email), await register(operator.email)]
  expect([taken.statusCode, taken.body]).toEqual([fresh.statusCode, fresh.body])
  const mails = (await postedMails(api)).slice(before)
  expect(mails.map((mail) => [mail?.to, mail?.content.template])).toEqual([
    [email, 'confirm-registration'],
    [operator.email, 'account-exists'],
  ])
  expect((await lastMailTo(api, operator.email))?.content).not.toHaveProperty('link', expect.stringContaining('token'))
})

it('lets one of ten that race with one link go on', async () => {
  const email = someone()
  await register(email)
  const token = await mailedToken(api, email)
  const statuses = await Promise.all(Array.from({ length: 10 }, async () => (await complete(token)).statusCode))
  expect(statuses.toSorted()).toEqual([201, ...Array.from({ length: 9 }, () => 410)])
})

it('refuses a weak password without using the link up', async () => {
  const email = someone()
  await register(email)
  const token = await mailedToken(api, email)
  expect((await complete(token, 'password123')).json().code).toBe('weak_password')
  expect((await complete(token)).statusCode).toBe(201)
})

it('takes no field that would make more of the account', async () => {
  for (const extra of [{ platformRole: 'operator' }, { emailVerified: true }, { plan: 'default' }])
    expect((await register(someone(), extra)).json().code).toBe('unknown_field')
})

test.each([
  ['from one address', { perAddress: 3, perDomain: 1_000 }, () => someone()],
  ['for one domain', { perAddress: 1_000, perDomain: 3 }, () => someone('limited.example.org')],
])('is limited by the day, %s, exactly and across processes', async (_what, limits, address) => {
  const options = { mailConfigured: true, registration: { mode: 'open', ...limits } } as const
  await api.db.pool.query('truncate request_counts')
  const others = [await buildSecondApi(api, options), await buildSecondApi(api, options)]
  try {
    const replies = await Promise.all(Array.from({ length: 10 }, (_, n) => register(address(), {}, others[n % 2])))
    const refused = replies.filter(({ statusCode }) => statusCode === 429)
    expect(replies.length - refused.length).toBe(3)
    expect(Number(refused[0]?.headers['retry-after'])).toBeGreaterThan(0)
  } finally {
    for (const other of others) await other.app.close()
  }
})

test.each(['closed', 'invite'] as const)('is refused where it is %s', async (mode) => {
  const other = await buildSecondApi(api, { mailConfigured: true, registration: { ...REGISTRATION, mode } })
  try {
    const reply = await register(someone(), {}, other)
    expect([reply.statusCode, reply.json().code]).toEqual([403, 'registration_closed'])
  } finally {
    await other.app.close()
  }
})
