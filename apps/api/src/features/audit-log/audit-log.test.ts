import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildTestContentApi, TEST_ORIGIN, type TestApi, type TestUser } from '../../testing/test-api.ts'
import { FORM_HEADERS, filePart, formBody } from '../../testing/multipart-form.ts'
import type { AuditRow } from './schemas.ts'

let api: TestApi
let operator: TestUser
let user: TestUser
beforeAll(async () => {
  api = await buildTestContentApi()
  operator = await api.setUp()
  user = await api.addUser(operator)
})
afterAll(() => api.stop())

const CID = 'bafkreifzjut3te7nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e'

/** Refusals are written beside the requests. */
const eventually = async <T>(look: () => Promise<T | undefined>): Promise<T> => {
  for (let tries = 0; tries < 100; tries++) {
    const found = await look()
    if (found !== undefined) return found
    await sleep(50)
  }
  throw new Error('it did not come')
}

const page = async (query = '', as = user.headers): Promise<{ rows: AuditRow[]; nextCursor: string | null }> => {
  const reply = await api.call('GET', `/api/v1/audit-log${query}`, { as })
  expect(reply.statusCode, reply.body).toBe(200)
  return reply.json()
}
const all = async (): Promise<Record<string, unknown>[]> =>
  (await api.db.kysely.selectFrom('audit_log').selectAll().orderBy('id').execute()) as Record<string, unknown>[]

const upload = async (as: Record<string, string>, headers: Record<string, string> = {}) => {
  return api.app.inject({
    method: 'POST',
    url: '/api/v1/files/upload',
    headers: { ...as, ...headers, ...FORM_HEADERS },
    payload: formBody([filePart(`content ${Math.random()}`)]),
  })
}

const logIn = (email: string, password: string) => api.call('POST', '/api/v1/auth/login', { body: { email, password } })

describe('the audit log', () => {
  it('tells of a change who made it, by what, from where and in which request', async () => {
    const headers = { 'user-agent': 'audit-test/1', 'request-id': '0190d0c0-0000-7000-8000-00000000beef' }
    const made = await api.call('POST', '/api/v1/api-keys', { body: { name: 'k' }, as: user.headers, headers })
    const row = (await page('?action=api-key.created')).rows[0]
    expect(row).toMatchObject({
      userId: user.id,
      credential: 'session',
      organizationId: user.organizationId,
      action: 'api-key.created',
      resource: { kind: 'api-key', id: made.json().id },
      result: 'allowed',
      repeats: 1,
      requestId: headers['request-id'],
      address: '127.0.0.1',
      userAgent: 'audit-test/1',
    })
    expect(row?.actor).not.toBe(user.id)
  })

  it('keeps uploads of one batch apart', async () => {
    const keys = await Promise.all([api.addApiKey(user), api.addApiKey(operator)])
    const agents = ['first/1', 'second/2']
    const replies = await Promise.all(
      keys.map((key, index) => upload(key.headers, { 'user-agent': agents[index] ?? '' })),
    )
    const ids = replies.map((reply) => reply.json().file?.id ?? reply.json().id)
    for (const [index, as] of [user, operator].entries()) {
      const rows = (await page('?action=file.uploaded', as.headers)).rows
      expect(rows).toHaveLength(1)
      expect(rows[0]).toMatchObject({
        userId: as.id,
        credential: 'api-key',
        userAgent: agents[index],
        resource: { kind: 'file', id: ids[index] },
      })
    }
    expect((await all()).filter(({ action }) => action === 'pin.created')).toEqual([])
  })

  it('tells of refused changes, with the code, and of what left no event', async () => {
    const key = await api.addApiKey(user, { name: 'reader', scopes: ['files:read'] })
    const refused = await api.call('DELETE', `/api/v1/files/${CID}`, { as: key.headers })
    expect(refused.statusCode).toBe(403)
    const row = await eventually(async () => (await page('?action=deleteFiles')).rows[0])
    expect(row).toMatchObject({
      userId: user.id,
      credential: 'api-key',
      result: 'refused',
      code: 'insufficient_scope',
      status: 403,
      requestId: refused.headers['request-id'],
      resource: { kind: 'request', id: CID },
    })
  })

  it('tells of sign-ins, and of wrong ones without the address that was tried', async () => {
    const email = 'nobody-there@example.org'
    await logIn(user.email.toUpperCase(), 'a wrong password')
    await logIn(email, 'another wrong password')
    await logIn(email, 'another wrong password')
    const rows = await eventually(async () => {
      const refused = (await all()).filter(({ action }) => action === 'logIn')
      return refused.reduce((sum, { repeats }) => sum + Number(repeats), 0) === 3 ? refused : undefined
    })
    const pseudonym = (await page('?action=api-key.created')).rows[0]?.actor
    expect(rows[0]).toMatchObject({
      actor: pseudonym,
      resource_kind: 'account',
      code: 'invalid_credentials',
      status: 401,
    })
    expect(rows.at(-1)).toMatchObject({
      actor: null,
      resource_kind: 'account',
      resource_id: expect.stringMatching(/^[\w-]{22}$/),
    })
    const text = (await all()).map((row) => JSON.stringify(row) + String(row.client)).join('')
    expect(text).not.toContain('wrong password')
    expect(text.toLowerCase()).not.toContain('nobody-there')
    expect(text.toLowerCase()).not.toContain(user.email)
    const signedIn = (await all()).filter(({ action, actor }) => action === 'session.created' && actor === pseudonym)
    expect(signedIn).toHaveLength(1)
  })

  it('tells of sign-ins of the dashboard too', async () => {
    const person = await api.addUser(operator)
    const signIn = (password: string) =>
      api.call('POST', '/api/auth/sign-in/email', {
        body: { email: person.email, password },
        headers: { origin: TEST_ORIGIN, 'user-agent': 'browser/1' },
      })
    expect((await signIn('a wrong password')).statusCode).toBe(401)
    expect((await signIn(person.password)).statusCode).toBe(200)
    const { rows } = await api.db.pool.query('select pseudonym from audit_actors where user_id = $1', [person.id])
    const own = async () => (await all()).filter(({ actor }) => actor === rows[0].pseudonym)
    const refused = await eventually(async () => (await own()).find(({ result }) => result === 'refused'))
    expect(refused).toMatchObject({ action: 'POST /api/auth/sign-in/email', resource_kind: 'account', status: 401 })
    expect((await own()).filter(({ action }) => action === 'session.created')).toHaveLength(2)
  })

  it('folds a flood of equal refusals into rows that count them', async () => {
    await Promise.all(Array.from({ length: 40 }, () => api.call('POST', '/api/v1/api-keys', { body: { name: 'x' } })))
    const rows = await eventually(async () => {
      const refused = (await all()).filter(({ action }) => action === 'createApiKey')
      return refused.reduce((sum, { repeats }) => sum + Number(repeats), 0) === 40 ? refused : undefined
    })
    expect(rows.length).toBeLessThan(10)
  })

  it('tells who read it', async () => {
    await page('?limit=1')
    const row = await eventually(async () => (await page('?action=listAuditLog')).rows[0])
    expect(row).toMatchObject({ userId: user.id, result: 'allowed', status: 200 })
  })

  it('shows an organization its own rows, in pages, and nobody else', async () => {
    const stranger = await api.addUser(operator)
    for (let index = 0; index < 5; index++) await api.addApiKey(stranger)
    const seen: string[] = []
    let cursor: string | null = null
    do {
      const next: string = cursor === null ? '' : `&cursor=${cursor}`
      const got = await page(`?limit=2&action=api-key.created${next}`, stranger.headers)
      seen.push(...got.rows.map(({ id }) => id))
      expect(got.rows.every(({ organizationId }) => organizationId === stranger.organizationId)).toBe(true)
      cursor = got.nextCursor
    } while (cursor !== null)
    expect(seen).toHaveLength(5)
    expect(seen).toEqual(seen.toSorted((a, b) => Number(b) - Number(a)))
    const mine = (await page(`?actor=${stranger.id}&limit=500`, stranger.headers)).rows
    expect(mine.length).toBeGreaterThanOrEqual(5)
    expect(new Set(mine.map(({ actor }) => actor)).size).toBe(1)
    expect((await page(`?actor=${mine[0]?.actor}&limit=500`, stranger.headers)).rows.length).toBeGreaterThanOrEqual(5)
    expect((await page(`?to=${encodeURIComponent(mine.at(-1)?.at ?? '')}`, stranger.headers)).rows).toHaveLength(1)
    const foreign = await api.call('GET', '/api/v1/audit-log', {
      as: { ...user.headers, 'holdfast-org': stranger.organizationId },
    })
    expect(foreign.statusCode).toBe(404)
    await api.db.kysely.updateTable('members').set({ role: 'member' }).where('user_id', '=', stranger.id).execute()
  })

  it('goes out as JSON lines', async () => {
    const reply = await api.call('GET', '/api/v1/audit-log/export', { as: user.headers })
    expect(reply.headers['content-type']).toContain('application/x-ndjson')
    const lines = reply.body
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as AuditRow)
    expect(lines.length).toBeGreaterThan(3)
    expect(new Set(lines.map(({ organizationId }) => organizationId))).toEqual(new Set([user.organizationId]))
    expect(lines.map(({ id }) => Number(id))).toEqual(lines.map(({ id }) => Number(id)).toSorted((a, b) => a - b))
  })

  it('refuses bad questions', async () => {
    const limits = ['?limit=0', '?limit=501', '?limit=0x10', '?limit=1e2']
    const times = ['?from=yesterday', '?from=0000-01-01T00:00:00Z', '?to=0001-01-01T00:00:00%2B23:00']
    for (const query of [...limits, ...times, '?actor=me', '?cursor=zzz', '?page=2'])
      expect((await api.call('GET', `/api/v1/audit-log${query}`, { as: user.headers })).statusCode).toBe(400)
  })

  it('takes no change and no deletion, whoever asks the database', async () => {
    for (const statement of [
      `update audit_log set action = 'x'`,
      `update audit_log set seq = 1`,
      `delete from audit_log`,
      `truncate audit_log`,
    ])
      await expect(api.db.pool.query(statement)).rejects.toThrow(/append-only/)
  })

  it('forgets who it was when the user is deleted', async () => {
    const leaver = await api.addUser(operator)
    await api.addApiKey(leaver)
    const before = (await all()).find(
      ({ action, organization_id: id }) => action === 'api-key.created' && id === leaver.organizationId,
    )
    await api.db.kysely.deleteFrom('users').where('id', '=', leaver.id).execute()
    const { rows } = await api.db.pool.query('select from audit_actors where pseudonym = $1', [before?.actor])
    expect(rows).toEqual([])
    expect(String(before?.client)).not.toContain('127.0.0.1')
    const { readAuditLog } = await import('@packages/db/audit/read-audit-log')
    const [row] = await readAuditLog(api.db.kysely, {
      organizationId: leaver.organizationId,
      action: 'api-key.created',
      limit: 1,
      order: 'asc',
    })
    expect(row).toMatchObject({ actor: before?.actor, userId: null, address: null, userAgent: null })
  })
})
