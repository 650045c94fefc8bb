import { type Kysely, sql } from 'kysely'
import type { Tables } from '../tables.ts'
import { chainQuery, type SealedRow } from './chain.ts'
import type { SignedHeads } from './signed-heads.ts'
import { type ChainReport, verifyChain } from './verify-chain.ts'

const PAGE = 2_000

/** Reads the whole log again; see `verifyChain`. Rows that were not sealed yet are counted and not judged. */
export const verifyAuditLog = async (
  db: Kysely<Tables>,
  heads: SignedHeads,
): Promise<ChainReport & { unsealed: number }> => {
  const report = await verifyChain(sealedRows(db), heads.all)
  const { unsealed } = await db
    .selectFrom('audit_log')
    .where('seq', 'is', null)
    .select((select) => select.fn.countAll<number>().as('unsealed'))
    .executeTakeFirstOrThrow()
  return { ...report, unsealed: Number(unsealed) }
}

async function* sealedRows(db: Kysely<Tables>): AsyncGenerator<SealedRow> {
  for (let after = Number.MIN_SAFE_INTEGER; ; ) {
    const page = await chainQuery(db)
      .select([sql<number>`seq`.as('seq'), sql<string>`coalesce(encode(hash, 'hex'), '')`.as('hash')])
      .where('seq', '>', after)
      .orderBy('seq')
      .limit(PAGE)
      .execute()
    yield* page
    const last = page.at(-1)
    if (last === undefined) return
    after = last.seq
  }
}
