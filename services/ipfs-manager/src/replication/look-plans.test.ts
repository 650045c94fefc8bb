import { startTestDatabase, type TestDatabase } from '@packages/db/test-database'
import { type RawBuilder, sql } from 'kysely'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { copiesToVerify } from '../moving/verify-copies.ts'
import { copiesToCheck } from './check-replicas.ts'

/** How many pages of 8 KiB a look touches does not depend on the machine. */
const COPIES = 20_000
const NODE = '01a20000-0000-7000-8000-000000000001'
const MIDDLE = `${(COPIES / 2).toString(16).padStart(8, '0')}-0000-7000-8000-000000000000`
const FIRST_ID = '00000000-0000-0000-0000-000000000000'

let database: TestDatabase
beforeAll(async () => {
  database = await startTestDatabase()
  const { kysely } = database.db
  await sql`insert into nodes (id, name, kind, network, state) values (${NODE}, 'a', 'kubo', 'public', 'up')`.execute(
    kysely,
  )
  await sql`
    insert into contents (id, realm, cid, state, dag_size, confirmed)
    select (lpad(to_hex(n), 8, '0') || '-0000-7000-8000-000000000000')::uuid, 'public', 'content ' || n, 'held', 1, 1
    from generate_series(1, ${COPIES}) n
  `.execute(kysely)
  await sql`
    insert into replicas (content_id, node_id, status, pinned_at) select id, ${NODE}, 'pinned', now() from contents
  `.execute(kysely)
  await sql`vacuum analyze contents`.execute(kysely)
  await sql`vacuum analyze replicas`.execute(kysely)
})
afterAll(() => database.stop())

const planOf = async (look: RawBuilder<unknown>): Promise<string> => {
  const { rows } = await sql<{ 'QUERY PLAN': string }>`explain (analyze, buffers, timing off) ${look}`.execute(
    database.db.kysely,
  )
  return rows.map((row) => row['QUERY PLAN']).join('\n')
}
const pagesIn = (plan: string): number => {
  const [, hit = 0, read = 0] = /Buffers: shared(?: hit=(\d+))?(?: read=(\d+))?/.exec(plan) ?? []
  return Number(hit) + Number(read)
}

it('checks a page of copies at the price of a page, wherever it begins', async () => {
  const look = copiesToCheck(NODE, { after: MIDDLE, begun: 'infinity' })
  expect((await look.execute(database.db.kysely)).rows).toHaveLength(500)
  const plan = await planOf(look)
  // How many rows there have to be for a merge is the planner's choice: neither table may be read from its beginning then.
  expect(plan.match(/(?:Index Cond|Filter): .*\bid > /g), plan).not.toBeNull()
  expect(plan.match(/(?:Index Cond|Filter): .*content_id > /g), plan).not.toBeNull()
  expect(pagesIn(plan)).toBeLessThan(5_000)
})

it('sees that no node is left without a look at its copies', async () => {
  expect(pagesIn(await planOf(copiesToVerify(FIRST_ID)))).toBeLessThan(100)
})
