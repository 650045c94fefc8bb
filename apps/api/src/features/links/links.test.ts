import { randomUUIDv7 } from 'node:crypto'
import { isTokenOf } from '@packages/db/file-links/link-token'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { filePart, FORM_HEADERS, formBody } from '../../testing/multipart-form.ts'
import { buildTestContentApi, type TestApi, type TestUser } from '../../testing/test-api.ts'

let api: TestApi
let owner: TestUser
let stranger: TestUser
beforeAll(async () => {
  api = await buildTestContentApi({ linkMaxAgeMs: 3_600_000 })
  owner = await api.setUp()
  stranger = await api.addUser(owner)
})
afterAll(() => api.stop())

const upload = async (text: string): Promise<{ id: string; cid: string }> => {
  const headers = { ...owner.headers, ...FORM_HEADERS }
  const payload = formBody([filePart(text)])
  const reply = await api.app.inject({ method: 'POST', url: '/api/v1/files/upload', headers, payload })
  return reply.json().file
}
const create = (id: string, body: object, as = owner.headers, headers = {}) =>
  api.call('POST', `/api/v1/files/${id}/links`, { body: { expiresInSeconds: 60, ...body }, as, headers })

it('shows the token once, keeps a hash over it and what it names, and the password hashed', async () => {
  const file = await upload('one')
  const reply = await create(file.id, { password: 'a password of links', maxDownloads: 3, name: 'for Ada' })
  expect(reply.statusCode).toBe(201)
  const { id, token, url, ...link } = reply.json()
  expect(token).toMatch(/^hflink_[0-9a-f]{96}$/)
  expect(url).toBe(`/files/${file.cid}?link=${token}`)
  expect(link).toMatchObject({ name: 'for Ada', hasPassword: true, downloads: 0, maxDownloads: 3, lastUsedAt: null })
  expect(Date.parse(link.expiresAt) - Date.parse(link.createdAt)).toBe(60_000)

  const row = await api.db.kysely
    .selectFrom('file_links as l')
    .innerJoin('files as f', 'f.id', 'l.file_id')
    .where('l.id', '=', id)
    .select(['l.token_hash', 'l.password_hash', 'l.organization_id', 'f.content_id'])
    .executeTakeFirstOrThrow()
  const subject = { id, organizationId: row.organization_id, contentId: row.content_id }
  expect(isTokenOf(token, row.token_hash, subject)).toBe(true)
  expect(isTokenOf(token, row.token_hash, { ...subject, organizationId: stranger.organizationId })).toBe(false)
  expect(isTokenOf(token, row.token_hash, { ...subject, contentId: randomUUIDv7() })).toBe(false)
  expect(row.password_hash).toMatch(/^[0-9a-f]{32}:[0-9a-f]{128}$/)

  const list = await api.call('GET', `/api/v1/files/${file.id}/links`, { as: owner.headers })
  expect(list.json()).toEqual({ links: [{ id, ...link }], nextCursor: null })
  expect(list.body).not.toContain(token.slice(-20))
})

it('takes no longer time than the operator allows, and tells which field is wrong', async () => {
  const file = await upload('two')
  for (const [body, path] of [
    [{ expiresInSeconds: 3_601 }, 'expiresInSeconds'],
    [{ expiresInSeconds: 0 }, 'expiresInSeconds'],
    [{ password: 'short' }, 'password'],
    [{ password: 'x'.repeat(129) }, 'password'],
    [{ maxDownloads: 0 }, 'maxDownloads'],
  ] as const) {
    const reply = await create(file.id, body)
    expect([reply.statusCode, reply.json().errors?.[0]?.path]).toEqual([400, path])
  }
  expect((await create(file.id, { expiresInSeconds: 3_600 })).statusCode).toBe(201)
  const { expiresInSeconds: _, ...without } = { expiresInSeconds: 1 }
  const reply = await api.call('POST', `/api/v1/files/${file.id}/links`, { body: without, as: owner.headers })
  expect(reply.statusCode).toBe(400)
})

it("answers 404 for another tenant's file and link, and for a link under another file", async () => {
  const [one, other] = [await upload('three'), await upload('four')]
  const { id } = (await create(one.id, {})).json()
  expect((await create(one.id, {}, stranger.headers)).statusCode).toBe(404)
  const tries = [
    ['GET', `/api/v1/files/${one.id}/links`, stranger],
    ['DELETE', `/api/v1/files/${one.id}/links/${id}`, stranger],
    ['DELETE', `/api/v1/files/${other.id}/links/${id}`, owner],
    ['GET', `/api/v1/files/${one.cid}/links`, owner],
  ] as const
  for (const [method, path, user] of tries)
    expect((await api.call(method, path, { as: user.headers })).statusCode).toBe(404)
})

it('is revoked once, with a row in the audit log and the policy log, and leaves the list', async () => {
  const file = await upload('five')
  const { id, token } = (await create(file.id, {})).json()
  const path = `/api/v1/files/${file.id}/links/${id}`
  expect((await api.call('DELETE', path, { as: owner.headers })).statusCode).toBe(204)
  expect((await api.call('DELETE', path, { as: owner.headers })).statusCode).toBe(404)
  const list = await api.call('GET', `/api/v1/files/${file.id}/links`, { as: owner.headers })
  expect(list.json().links).toEqual([])
  const { kysely } = api.db
  const audit = await kysely.selectFrom('audit_log').where('resource_id', '=', id).orderBy('id').selectAll().execute()
  expect(audit.map(({ action, resource_kind: kind }) => [action, kind])).toEqual([
    ['link.created', 'link'],
    ['link.revoked', 'link'],
  ])
  const policy = await kysely.selectFrom('policy_log').where('kind', '=', 'link.revoked').select('payload').execute()
  expect(policy.map(({ payload }) => payload['linkId'])).toContain(id)
  const events = await kysely.selectFrom('events').where('subject', '=', id).selectAll().execute()
  expect(JSON.stringify(events)).not.toContain(token.slice(-20))
})

it('pages through the list', async () => {
  const file = await upload('six')
  const ids: string[] = []
  for (let made = 0; made < 3; made++) ids.unshift((await create(file.id, {})).json().id)
  const path = `/api/v1/files/${file.id}/links?limit=2`
  const first = (await api.call('GET', path, { as: owner.headers })).json()
  const second = (await api.call('GET', `${path}&cursor=${first.nextCursor}`, { as: owner.headers })).json()
  expect([...first.links, ...second.links].map((link) => link.id)).toEqual(ids)
  expect(second.nextCursor).toBeNull()
})

it('shows no token again to a repeated request', async () => {
  const file = await upload('seven')
  const key = { 'idempotency-key': randomUUIDv7() }
  const first = await create(file.id, {}, owner.headers, key)
  const again = await create(file.id, {}, owner.headers, key)
  expect([first.statusCode, again.statusCode, again.json().code]).toEqual([201, 409, 'already_completed'])
})

it('goes with its file', async () => {
  const file = await upload('eight')
  const { id } = (await create(file.id, {})).json()
  await api.call('DELETE', `/api/v1/files/${file.id}`, { as: owner.headers })
  expect(await api.db.kysely.selectFrom('file_links').where('id', '=', id).selectAll().execute()).toEqual([])
})
