import { type RawBuilder, sql, type Transaction } from 'kysely'
import { forgetNames } from '../ipns/forget-names.ts'
import type { Database } from '../open-database.ts'
import type { Tables } from '../tables.ts'
import { eraseJobs, type OpenMail } from './erase-jobs.ts'
import { addCounts, type Erasure, setStep } from './erasure-row.ts'
import { PURGES } from './purges.ts'

export type EraseRowsDeps = { db: Pick<Database, 'kysely'>; openMail: OpenMail }

/**
 * Deletes the rows of users and organizations with all that hangs on them, in one transaction, and counts what went by table. An upload
 * that was on its way when the organization was shut may have brought a pin meanwhile: then `contents` runs once more.
 */
export const eraseRows = async (deps: EraseRowsDeps, erasure: Erasure): Promise<void> => {
  const { id, userId, organizationIds } = erasure
  await deps.db.kysely.transaction().execute(async (tx) => {
    // Whoever writes pins locks this row first.
    await sql`select from usage where organization_id = any(${organizationIds}::uuid[]) order by organization_id for update`.execute(
      tx,
    )
    if (await hasContents(tx, organizationIds)) return setStep(tx, id, 'contents')
    const counts: Record<string, number> = {}
    const count = (table: string, rows: number): void => {
      counts[table] = (counts[table] ?? 0) + rows
    }
    for (const [table, statements] of Object.entries(PURGES))
      for (const statement of statements(erasure)) count(table, await affected(tx, statement))
    for (const [table, rows] of await countCascades(tx, erasure)) count(table, rows)
    await sql`
      update sessions set active_organization_id = null where active_organization_id = any(${organizationIds}::uuid[])
    `.execute(tx)
    await forgetNames(tx, organizationIds)
    count(
      'organizations',
      await affected(tx, sql`delete from organizations where id = any(${organizationIds}::uuid[])`),
    )
    count('users', await affected(tx, sql`delete from users where id = ${userId}::uuid`))
    count('jobs', await eraseJobs(tx, erasure, deps.openMail))
    await addCounts(tx, id, counts)
    await setStep(tx, id, 'release')
  })
}

const affected = async (tx: Transaction<Tables>, statement: RawBuilder<unknown>): Promise<number> =>
  Number((await statement.execute(tx)).numAffectedRows ?? 0)

const hasContents = async (tx: Transaction<Tables>, organizationIds: readonly string[]): Promise<boolean> => {
  const { rows } = await sql<{ some: boolean }>`
    select exists (select from pins where organization_id = any(${organizationIds}::uuid[]))
      or exists (select from incomplete_imports where organization_id = any(${organizationIds}::uuid[]))
      or exists (select from uploads where organization_id = any(${organizationIds}::uuid[])) as some
  `.execute(tx)
  return rows[0]?.some ?? false
}

type Cascade = { child: string; column: string; parent: string; parent_column: string; depth: number }

/** Rows that foreign keys are about to take along, by table: the catalogue says which, so that none is forgotten. */
const countCascades = async (
  tx: Transaction<Tables>,
  { userId, organizationIds }: Erasure,
): Promise<[string, number][]> => {
  const { rows: edges } = await sql<Cascade>`
    select c.conrelid::regclass::text as child, ca.attname as column, c.confrelid::regclass::text as parent,
      pa.attname as parent_column
    from pg_constraint c
    join pg_attribute ca on ca.attrelid = c.conrelid and ca.attnum = c.conkey[1]
    join pg_attribute pa on pa.attrelid = c.confrelid and pa.attnum = c.confkey[1]
    where c.contype = 'f' and c.confdeltype = 'c' and cardinality(c.conkey) = 1
      and c.connamespace = 'public'::regnamespace
  `.execute(tx)
  const counts: [string, number][] = []
  const conditions = new Map<string, RawBuilder<unknown>[]>([
    ['users', [sql`x.id = ${userId}::uuid`]],
    ['organizations', [sql`x.id = any(${organizationIds}::uuid[])`]],
  ])
  // Parents before children; a table counts once, whichever ways lead to it.
  const waiting = new Set(edges.map(({ child }) => child))
  while (waiting.size > 0) {
    const next = [...waiting].find((table) =>
      edges.every(({ child, parent }) => child !== table || parent === table || !waiting.has(parent)),
    )
    if (next === undefined) throw new Error('the foreign keys go round in a circle')
    waiting.delete(next)
    const ways = edges.filter(({ child, parent }) => child === next && conditions.has(parent))
    if (ways.length === 0) continue
    const own = ways.map(
      ({ column, parent, parent_column: key }) =>
        sql`x.${sql.ref(column)} in (select x.${sql.ref(key)} from ${sql.table(parent)} x where ${sql.join(conditions.get(parent) ?? [], sql` or `)})`,
    )
    conditions.set(next, own)
    const { rows } = await sql<{ count: number }>`
      select count(*) as count from ${sql.table(next)} x where ${sql.join(own, sql` or `)}
    `.execute(tx)
    counts.push([next, rows[0]?.count ?? 0])
  }
  return counts
}
