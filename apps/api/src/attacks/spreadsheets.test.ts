import { afterAll, beforeAll, expect, it } from 'vitest'
import { declaredRoutes } from '../openapi/declared-routes.ts'
import { openApiDocument } from '../openapi/openapi-document.ts'
import { buildTestApi, type TestApi, type TestUser } from '../testing/test-api.ts'

/** Texts that a spreadsheet would run, were they a cell. */
const FORMULAS = ['=HYPERLINK("https://evil.example","x")', '+1+cmd|/C calc!A0', '-2+3', '@SUM(1)', '\t=1', '\r=1']

let api: TestApi
let operator: TestUser
beforeAll(async () => {
  api = await buildTestApi()
  operator = await api.setUp()
})
afterAll(() => api.stop())

/** Whoever adds one has to quote cells that begin like a formula (ASVS 1.2.10), and to test it here. */
it('no route answers in a format that spreadsheets open', async () => {
  const answers = JSON.stringify(openApiDocument(await declaredRoutes()), (key, value) =>
    key === 'requestBody' ? undefined : value,
  )
  const types = new Set(answers.match(/"[a-z]+\/[a-z0-9.+-]+":\{"schema"/g) ?? [])
  expect([...types].some((type) => type.includes('application/json'))).toBe(true)
  expect([...types].filter((type) => /csv|excel|spreadsheet|tab-separated|opendocument/.test(type))).toEqual([])
})

it('the exported audit log is JSON for downloading, whatever callers call themselves', async () => {
  for (const formula of FORMULAS)
    await api.call('DELETE', `/api/v1/api-keys/${crypto.randomUUID()}`, {
      as: operator.headers,
      headers: { 'user-agent': formula },
    })
  const reply = await api.call('GET', '/api/v1/audit-log/export', { as: operator.headers })
  expect(reply.headers['content-type']).toContain('application/x-ndjson')
  expect(reply.headers['x-content-type-options']).toBe('nosniff')
  expect(reply.headers['content-disposition']).toMatch(/^attachment; filename="[\w.-]+"$/)
  const lines = reply.body.trimEnd().split('\n')
  expect(lines.length).toBeGreaterThan(0)
  for (const line of lines) expect(JSON.parse(line)).toBeTypeOf('object')
})
