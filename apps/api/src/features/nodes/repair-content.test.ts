import { randomUUIDv7 } from 'node:crypto'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { buildTestContentApi, type TestUser } from '../../testing/test-api.ts'

let api: Awaited<ReturnType<typeof buildTestContentApi>>
let operator: TestUser
beforeAll(async () => {
  api = await buildTestContentApi()
  operator = await api.setUp()
  // It would begin to fetch what is next.
  await api.content.manager.stop()
})
afterAll(() => api.stop())

it('fetches next what is waited for, also where it was asked for among many', async () => {
  const { kysely } = api.db
  const { organizationId } = operator
  const cids = [
    'bafkreieqmmyusjiqyyw3rq4u6wbe4mqahskjiyolbvjzwx5tmbmxqfr7ju',
    'bafkreifjjcie6lypi6ny7amxnfftagclbuxndqonfipmb64f2km2devei4',
  ]
  const ids = [randomUUIDv7(), randomUUIDv7(), randomUUIDv7(), randomUUIDv7()]
  const [waiting = '', arrived = '', first = '', other = ''] = ids
  const contents = ids.map((id, at) => ({
    id,
    realm: 'public',
    cid: cids[at] ?? `other ${at}`,
    state: 'wanted' as const,
  }))
  await kysely.insertInto('contents').values(contents).execute()
  const pins = contents.map(({ id, cid }, at) => ({
    id: randomUUIDv7(),
    organization_id: organizationId,
    content_id: id,
    cid,
    status: 'queued' as const,
    created_at: new Date(Date.UTC(2020, 0, 1) + at),
  }))
  await kysely.insertInto('pins').values(pins).execute()
  await kysely
    .insertInto('fetches')
    .values([{ content_id: waiting }, { content_id: first }])
    .execute()
  const due = (content_id: string, due_at: Date) => ({ organization_id: organizationId, content_id, due_at })
  await kysely
    .insertInto('fetch_queue')
    .values([due(first, new Date('2026-01-02')), due(waiting, new Date('2099-01-01'))])
    .execute()
  const arrivals = { organization_id: organizationId, content_ids: [other, arrived], wanted_at: new Date('2026-01-01') }
  await kysely.insertInto('fetch_arrivals').values(arrivals).execute()
  const next = async () =>
    kysely
      .selectFrom('fetch_queue')
      .select(['content_id', 'due_at'])
      .where('organization_id', '=', organizationId)
      .orderBy('due_at')
      .executeTakeFirst()
  for (const [at, id] of [waiting, arrived].entries()) {
    expect((await api.call('POST', `/api/v1/admin/repairs/${cids[at]}`, { as: operator.headers })).statusCode).toBe(202)
    const due = await next()
    expect([due?.content_id, Number(due?.due_at) <= arrivals.wanted_at.getTime()]).toEqual([id, true])
  }
  const begun = { state: 'running' as const, leased_by: randomUUIDv7(), leased_until: new Date('2099-01-01') }
  await kysely.updateTable('fetches').set(begun).where('content_id', '=', arrived).execute()
  await sql`update fetch_queue set due_at = 'infinity' where content_id = ${arrived}`.execute(kysely)
  await api.call('POST', `/api/v1/admin/repairs/${cids[1]}`, { as: operator.headers })
  expect((await next())?.content_id).toBe(waiting)
})
