import { randomUUID } from 'node:crypto'
import { createLogger } from '@packages/runtime/logger'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { buildTestApi, type TestApi, type TestUser } from '../../../testing/test-api.ts'
import { mailedToken } from '../../../testing/test-mail.ts'

const lines: string[] = []
const destination = { write: (line: string) => void lines.push(line) }

let api: TestApi
let operator: TestUser
beforeAll(async () => {
  const registration = { mode: 'open', perAddress: 1_000, perDomain: 1_000 } as const
  api = await buildTestApi({
    mailConfigured: true,
    registration,
    logger: createLogger({ level: 'trace', format: 'json', destination }),
  })
  operator = await api.setUp()
})
afterAll(() => api.stop())

/** Every row of every table, as text, the job queue's too. */
const everything = async (): Promise<string> => {
  const { rows: tables } = await api.db.pool.query<{ name: string }>(
    `select format('%I.%I', table_schema, table_name) as name from information_schema.tables
     where table_schema in ('public', 'jobs') and table_type = 'BASE TABLE'`,
  )
  const texts = []
  for (const { name } of tables) {
    const { rows } = await api.db.pool.query<{ text: string }>(`select t::text as text from ${name} t`)
    texts.push(...rows.map(({ text }) => text))
  }
  return texts.join('\n')
}

it('passwords and tokens of links stand in no log and nowhere in the database in clear', async () => {
  const secrets: string[] = []
  const secret = (): string => {
    const made = `canary ${randomUUID()}`
    secrets.push(made)
    return made
  }
  const post = (path: string, body: object, as: Record<string, string> = {}) =>
    api.call('POST', `/api/v1${path}`, { body, as })
  const user = await api.addUser(operator)
  const tokenOf = async (email: string): Promise<string> => {
    const token = await mailedToken(api, email)
    secrets.push(token)
    return token
  }
  const answers = []
  await post('/auth/password/forgot', { email: user.email })
  answers.push(await post('/auth/password/reset', { token: await tokenOf(user.email), password: secret() }))
  const [email, invited] = [`${randomUUID()}@example.org`, `${randomUUID()}@example.org`]
  await post('/auth/register', { email, name: 'X' })
  answers.push(await post('/auth/register/complete', { token: await tokenOf(email), password: secret() }))
  await post('/invitations', { email: invited, role: 'admin' }, operator.headers)
  const token = await tokenOf(invited)
  answers.push(await post('/auth/invitation/accept', { token, name: 'X', password: secret() }))
  answers.push(
    await post('/auth/password', { currentPassword: operator.password, newPassword: secret() }, operator.headers),
    // Left unused, so that the row is there.
    await post('/auth/password/forgot', { email }),
  )
  await tokenOf(email)
  // Refused ones, too: errors are logged.
  await post('/auth/password/reset', { token: secret(), password: secret() })
  await post('/auth/register', { email, name: 'X', password: secret() })
  await post('/auth/login', { email, password: secret() })
  expect(answers.map(({ statusCode }) => statusCode)).toEqual([204, 201, 200, 204, 202])

  const [log, database] = [lines.join(''), await everything()]
  expect(log.length).toBeGreaterThan(1_000)
  expect(database).toContain(user.email)
  for (const one of secrets) {
    expect(log).not.toContain(one)
    expect(database).not.toContain(one)
  }
})
