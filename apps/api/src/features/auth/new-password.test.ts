import { afterAll, beforeAll, expect, it, test } from 'vitest'
import { makeSetupToken } from '../setup/setup-token.ts'
import { buildTestApi, type TestApi } from '../../testing/test-api.ts'
import { hashNewPassword } from './new-password.ts'
import { Passwords } from './passwords.ts'

const passwords = new Passwords({ hash: async () => 'hashed', verify: async () => false })

test.each(['password', 'PassWord', 'iloveyou', '1qaz2wsx', 'aaaaaaaaaaaa', 'ada@example.org', 'ADA@example.org'])(
  'refuses %s',
  async (password) => {
    const chosen = hashNewPassword(passwords, { password, email: 'ada@example.org' })
    await expect(chosen).rejects.toMatchObject({ code: 'weak_password' })
  },
)

test('takes what is long enough and not among those', async () => {
  const password = 'correct horse battery staple'
  expect(await hashNewPassword(passwords, { password, email: 'ada@example.org' })).toBe('hashed')
})

let api: TestApi
beforeAll(async () => {
  api = await buildTestApi({ mailConfigured: true })
})
afterAll(() => api.stop())

it('is asked wherever a password is chosen', async () => {
  const password = 'password123'
  const made = await makeSetupToken({ db: api.db })
  const setUp = { token: made?.token, email: 'weak@example.org', password, name: 'X' }
  const refused = [await api.call('POST', '/api/v1/setup', { body: setUp })]
  const operator = await api.setUp()
  const user = { email: 'weak@example.org', password, name: 'X' }
  refused.push(await api.call('POST', '/api/v1/users', { body: user, as: operator.headers }))
  const change = { currentPassword: operator.password, newPassword: password }
  refused.push(await api.call('POST', '/api/v1/auth/password', { body: change, as: operator.headers }))
  for (const reply of refused) expect([reply.statusCode, reply.json().code]).toEqual([400, 'weak_password'])
})
