import { createLogger } from '@packages/runtime/logger'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { buildTestApi, type TestApi, type TestUser } from '../../../testing/test-api.ts'
import { addSecondFactor, codeOf, letTimePass, mfaTokenOf } from '../../../testing/test-second-factor.ts'

const lines: string[] = []
const destination = { write: (line: string) => void lines.push(line) }

let api: TestApi
let operator: TestUser
beforeAll(async () => {
  const logger = createLogger({ level: 'trace', format: 'json', destination })
  api = await buildTestApi({ mailConfigured: true, logger })
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

it('secrets of second factors stand in no log and nowhere in the database in clear', async () => {
  const user = await api.addUser(operator)
  const factor = await addSecondFactor(api, user)
  const answer = (body: object) => api.call('POST', '/api/v1/auth/mfa', { body })
  const tokens = [await mfaTokenOf(api, user), await mfaTokenOf(api, user), await mfaTokenOf(api, user)]
  const [right, wrong, open] = tokens
  const [used, left] = factor.recoveryCodes
  expect((await answer({ mfaToken: right, recoveryCode: used })).statusCode).toBe(200)
  expect((await answer({ mfaToken: wrong, recoveryCode: used })).statusCode).toBe(401)
  expect((await answer({ mfaToken: wrong, recoveryCode: left, more: 1 })).statusCode).toBe(400)
  expect((await answer({ mfaToken: right, code: codeOf(factor) })).statusCode).toBe(401)
  await letTimePass(api, user)
  const [log, database] = [lines.join(''), await everything()]
  expect(log.length).toBeGreaterThan(1_000)
  expect(database).toContain(user.email)
  const secrets = [factor.secret, ...tokens, open, ...factor.recoveryCodes, user.password]
  const forms = secrets.flatMap((one) => [String(one), String(one).replaceAll('-', '')])
  for (const one of forms) {
    expect(log).not.toContain(one)
    expect(database).not.toContain(one)
  }
})
