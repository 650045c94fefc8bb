import { listFilters } from '@apps/api/features/psa/list-filters'
import { COUNT_BOUND } from '@apps/api/features/psa/long-lists'
import { NameSample, type SampledName } from '@apps/api/features/psa/name-sample'
import { pinPageQuery } from '@apps/api/features/psa/repository'
import { sampledNamesQuery } from '@apps/api/features/psa/sampled-names'
import { pinsQuery } from '@apps/api/features/psa/schemas'
import type { Tables } from '@packages/db/tables'
import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely'
import type { Client } from 'pg'
import type { ListedPins } from './seed-pins.ts'

const LISTS: Record<string, Record<string, string>> = {
  'first page': {},
  'a rare part of a name': { name: 'le 12345', match: 'partial' },
  'a part of many names': { name: 'FILE', match: 'ipartial' },
  'meta of a few': { meta: '{"app":"a7"}' },
  'meta of all': { meta: '{"of":"all"}' },
}

/** Makes statements, and runs none. */
const kysely = new Kysely<Tables>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
})

/**
 * Which indexes the lists of the Pinning Service API go by, and how many pages they touch. @throws Error when one reads all pins
 */
export const explainLists = async (client: Client, { organizationId, middle }: ListedPins): Promise<string[]> => {
  const facts: string[] = []
  const sampled = sampledNamesQuery().compile(kysely)
  const names = new NameSample((await client.query<SampledName>(sampled.sql, [...sampled.parameters])).rows)
  for (const [name, query] of Object.entries({ ...LISTS, 'deep page': { before: middle } })) {
    const statement = pinPageQuery(listFilters(organizationId, pinsQuery.parse(query), names), 11, COUNT_BOUND).compile(
      kysely,
    )
    const { rows } = await client.query<{ 'QUERY PLAN': string }>(`explain (analyze, buffers) ${statement.sql}`, [
      ...statement.parameters,
    ])
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n')
    if (/Seq Scan on pins/.test(plan)) throw new Error(`${name} reads all pins:\n${plan}`)
    const named = plan.matchAll(/(?:Index (?:Only )?Scan(?: Backward)? using|Bitmap Index Scan on) (pins_\w+)/g)
    const indexes = new Set(named.map(([, index]) => index))
    const pages = /Buffers: shared hit=(\d+)(?: read=(\d+))?/.exec(plan)
    const ms = /Execution Time: ([\d.]+) ms/.exec(plan)?.[1]
    facts.push(
      `${name}: ${[...indexes].join(', ')}; ${Number(pages?.[1] ?? 0) + Number(pages?.[2] ?? 0)} pages, ${ms} ms`,
    )
  }
  return facts
}
