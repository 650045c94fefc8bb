import { createConnection } from 'node:net'
import { createLogger } from '@packages/runtime/logger'
import { textLogLine } from '@packages/runtime/text-log-format'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { matrixFixtures } from '../authorization/matrix-fixtures.ts'
import { filePart, FORM_HEADERS, formBody } from '../testing/multipart-form.ts'
import { buildTestContentApi, type TestApi, type TestUser } from '../testing/test-api.ts'
import { allOperations, type Operation, withField } from './json-operations.ts'

/** What would be a line of ours, and what would give the terminal orders, in every input of every route. */
const FORGED =
  'x\n{"level":60,"time":1,"msg":"FORGED"}\n\r\n00:00:00 FATAL FORGED\r\n' +
  '\u2028FORGED\u0085FORGED\u001b[2J\u001b]0;FORGED\u0007\u009b2J'

const lines: string[] = []
let api: TestApi
let operator: TestUser
beforeAll(async () => {
  const destination = { write: (line: string) => void lines.push(line) }
  const registration = { mode: 'open', perAddress: 100_000, perDomain: 100_000 } as const
  const logger = createLogger({ level: 'trace', format: 'json', destination })
  api = await buildTestContentApi({ mailConfigured: true, registration, logger })
  operator = await api.setUp()
})
afterAll(() => api.stop())

/** A stream has no end that could be waited for; as a page it is asked for by the same code. */
const STREAM = 'GET /api/v1/events'

const operations = (await allOperations()).filter(({ name }) => name !== STREAM)

const signIn = async (): Promise<Record<string, string>> => {
  const { email, password } = operator
  const reply = await api.call('POST', '/api/v1/auth/login', { body: { email, password } })
  return { authorization: `Bearer ${reply.json().accessToken}` }
}

const pathOf = ({ url }: Operation, id = (path: string) => matrixFixtures(api).pathOfNothing(path)): string =>
  id(url).replace(':organizationId', operator.organizationId)

const HEADERS = ['user-agent', 'holdfast-org', 'idempotency-key', 'request-id', 'x-request-id', 'cookie', 'origin']
const MORE_HEADERS = ['referer', 'x-forwarded-for', 'if-match', 'range', 'accept', 'upload-metadata', 'tus-resumable']

const stringFields = (value: unknown, path: string[] = []): string[][] => {
  if (typeof value === 'string') return [path]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, one]) => stringFields(one, [...path, key]))
}

const attack = async (operation: Operation, forged = FORGED): Promise<void> => {
  const { method } = operation
  // Signed in anew, for some of them sign out.
  const as = operation.access === 'public' ? {} : await signIn()
  const escaped = encodeURIComponent(forged)
  const send = (url: string, headers: Record<string, string> = {}, body?: unknown) =>
    api.app.inject({
      method,
      url,
      headers: { ...as, ...headers },
      ...(body === undefined ? {} : { payload: body as object }),
    })
  await send(
    pathOf(operation, (url) => url.replaceAll(/:(?!organizationId)\w+/g, escaped)),
    {},
    operation.sample,
  )
  for (const name of [...operation.query, 'x', escaped]) await send(`${pathOf(operation)}?${name}=${escaped}`)
  for (const group of [HEADERS, MORE_HEADERS])
    await send(pathOf(operation), Object.fromEntries(group.map((name) => [name, forged])), operation.sample)
  await send(pathOf(operation), { authorization: `Bearer ${forged}` }, operation.sample)
  if (operation.body === undefined) return
  for (const [...path] of stringFields(operation.sample)) {
    const name = path.pop() ?? ''
    await send(pathOf(operation), {}, withField(operation.sample, path, name, forged))
  }
  await send(pathOf(operation), {}, withField(operation.sample, [], forged, forged))
  await send(pathOf(operation), { 'content-type': 'application/json' }, Buffer.from(forged))
}

/** What of the log is no line of ours. */
const strange = (log: readonly string[]): string[] =>
  log.filter((line) => {
    if (!line.endsWith('\n') || line.slice(0, -1).includes('\n')) return true
    const entry: unknown = JSON.parse(line)
    if (typeof entry !== 'object' || entry === null || !('level' in entry) || !('time' in entry)) return true
    if (entry.level === 60 || entry.time === 1 || ('msg' in entry && entry.msg === 'FORGED')) return true
    const [head = '', ...stack] = textLogLine(line).slice(0, -1).split('\n')
    const control = /[^\P{Cc}\n]|[\u2028\u2029]/u
    return (
      !/^\d\d:\d\d:\d\d (TRACE|DEBUG|INFO |WARN |ERROR|FATAL) /.test(head) ||
      stack.some((one) => !one.startsWith('  ')) ||
      control.test(head + stack.join(''))
    )
  })

it('whatever comes in, each line of the log is one of ours', { timeout: 300_000 }, async () => {
  expect(strange(['{"level":60,"time":1,"msg":"FORGED"}\n', 'x\n'.repeat(2).slice(0, 1)])).not.toEqual([])
  for (const operation of operations) await attack(operation)
  const as = await signIn()
  const payload = formBody([
    { name: FORGED, body: FORGED },
    { name: 'name', body: FORGED },
    { name: 'metadata', body: JSON.stringify({ [FORGED]: FORGED }) },
    filePart('content', FORGED, FORGED),
  ])
  for (const url of ['/api/v1/files/upload', '/api/v1/cid', '/api/v1/files/car'])
    await api.app.inject({ method: 'POST', url, payload, headers: { ...as, ...FORM_HEADERS } })
  expect(lines.length).toBeGreaterThan(300)
  expect(strange(lines)).toEqual([])
})

it('nor does a message, a field or an error that holds it', () => {
  const before = lines.length
  const message = (error: Error): Error => Object.assign(error, { detail: FORGED })
  api.app.log.warn({ name: FORGED, [FORGED]: [FORGED], err: message(new Error(FORGED)) }, FORGED)
  expect(lines.length).toBe(before + 1)
  expect(lines[before]).toContain('FORGED')
  expect(strange(lines.slice(before))).toEqual([])
})

it('what is no HTTP writes none either', async () => {
  await api.app.listen({ host: '127.0.0.1', port: 0 })
  const address = api.app.server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const before = lines.length
  const requests = [FORGED, `GET /${FORGED} HTTP/1.1\r\n\r\n`, `GET / HTTP/1.1\r\nhost: x\r\nx: \0${FORGED}\r\n\r\n`]
  for (const request of requests) {
    const socket = createConnection(port, '127.0.0.1')
    socket.on('error', () => {})
    socket.end(request)
    await new Promise((resolve) => socket.on('close', resolve).resume())
  }
  expect(strange(lines.slice(before))).toEqual([])
})

it('the exported audit log has one line for each row', async () => {
  const reply = await api.call('GET', '/api/v1/audit-log/export', { as: await signIn() })
  expect(reply.headers['content-type']).toContain('application/x-ndjson')
  const rows = reply.body
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  const { rows: counted } = await api.db.pool.query(
    'select count(*)::int as n from audit_log where organization_id = $1',
    [operator.organizationId],
  )
  expect(rows.length).toBeGreaterThan(10)
  expect(rows.length).toBeLessThanOrEqual(counted[0].n)
  expect(rows.every((row) => typeof row.action === 'string' && !row.action.includes('FORGED'))).toBe(true)
})
