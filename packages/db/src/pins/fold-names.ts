import { foldText } from '@packages/shared/fold-text'
import { type Kysely, sql } from 'kysely'
import type { Tables } from '../tables.ts'

const BATCH = 5_000

/** Folds names of pins that a release wrote which did not: nothing to do but once (migration 0028). @returns how many */
export const foldNames = async (kysely: Kysely<Tables>): Promise<number> => {
  for (let done = 0; ; ) {
    const { rows } = await sql<{ id: string; name: string }>`
      select id, name from pins where name is not null and name_folded is null and not is_private limit ${BATCH}
    `.execute(kysely)
    if (rows.length === 0) return done
    const folded = rows.map(({ name }) => foldText(name))
    await sql`
      update pins p set name_folded = x.folded
      from unnest(${rows.map(({ id }) => id)}::uuid[], ${folded}::text[]) as x (id, folded) where p.id = x.id
    `.execute(kysely)
    done += rows.length
  }
}
