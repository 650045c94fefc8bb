import { type Kysely, sql, type Transaction } from 'kysely'
import type { Tables } from '../tables.ts'
import { chainQuery, chainRows, GENESIS } from './chain.ts'
import type { SignedHeads } from './signed-heads.ts'

export type AuditSealerDeps = { kysely: Kysely<Tables>; heads: SignedHeads }

/** The chain does not fit the head that was signed last: it was changed, or an older database was restored. */
export class AuditChainError extends Error {
  override readonly name = 'AuditChainError'
}

/** Any number, the same in every process that seals ("seal" in ASCII). */
const ADVISORY_LOCK = 0x7365616c
const BATCH = 2_000

/** Chains new rows by hashes, signs the chain's end, and takes away what is older than retention. */
export class AuditSealer {
  readonly #deps: AuditSealerDeps

  constructor(deps: AuditSealerDeps) {
    this.#deps = deps
  }

  /**
   * Seals what no running transaction can come before (hard case 11), in the order of (xid, id). Rows are committed before
   * their head is signed: a crash between leaves sealed rows, which the next run signs.
   * @returns how many rows
   * @throws AuditChainError
   */
  async seal(signal?: AbortSignal): Promise<number> {
    for (let sealed = 0; ; ) {
      const batch = await this.#deps.kysely.transaction().execute((tx) => this.#sealBatch(tx))
      if (batch === undefined) return sealed
      const { tail, rows } = batch
      if (tail.seq > (this.#deps.heads.newest?.seq ?? 0)) await this.#deps.heads.append('head', tail)
      sealed += rows
      if (rows < BATCH || signal?.aborted === true) return sealed
    }
  }

  /**
   * Takes rows away that were written before `before`, up to the first one that was not; the newest signed row stays. The
   * checkpoint that the kept rows hang on is signed first.
   * @returns how many rows
   */
  async prune(before: Date, signal?: AbortSignal): Promise<number> {
    const { kysely, heads } = this.#deps
    for (let pruned = 0; ; ) {
      const signedSeq = heads.newest?.seq ?? 0
      const oldest = await kysely
        .selectFrom('audit_log')
        .where('seq', '<', signedSeq)
        .select(['seq', 'created_at', sql<string>`encode(hash, 'hex')`.as('hash')])
        .orderBy('seq')
        .limit(BATCH)
        .execute()
      const kept = oldest.findIndex(({ created_at: at }) => at.getTime() >= before.getTime())
      const last = kept === -1 ? oldest.at(-1) : oldest[kept - 1]
      if (last?.seq === undefined || last.seq === null) return pruned
      await heads.append('checkpoint', { seq: last.seq, hash: last.hash })
      const { rows } = await sql<{ pruned: string }>`select prune_audit_log(${last.seq}) as pruned`.execute(kysely)
      pruned += Number(rows[0]?.pruned ?? 0)
      if (kept !== -1 || oldest.length < BATCH || signal?.aborted === true) return pruned
    }
  }

  /** Undefined while another process seals. */
  async #sealBatch(
    tx: Transaction<Tables>,
  ): Promise<{ tail: { seq: number; hash: string }; rows: number } | undefined> {
    const { rows: locks } = await sql<{ got: boolean }>`
      select pg_try_advisory_xact_lock(${ADVISORY_LOCK}::bigint) as got
    `.execute(tx)
    if (locks[0]?.got !== true) return undefined
    const tail = (await tailOf(tx)) ?? { seq: 0, hash: GENESIS }
    await this.#requireSignedHead(tx, tail)
    const rows = await chainQuery(tx)
      .where('seq', 'is', null)
      .where(sql<boolean>`xid < pg_snapshot_xmin(pg_current_snapshot())`)
      .orderBy('xid')
      .orderBy('id')
      .limit(BATCH)
      .execute()
    const sealed = chainRows(tail, rows)
    const last = sealed.at(-1)
    if (last === undefined) return { tail, rows: 0 }
    const links = JSON.stringify(sealed.map(({ id, seq, hash }) => ({ id, seq, hash })))
    await sql`
      update audit_log l set seq = x.seq, hash = decode(x.hash, 'hex')
      from jsonb_to_recordset(${links}::jsonb) as x (id bigint, seq bigint, hash text)
      where l.id = x.id
    `.execute(tx)
    return { tail: last, rows: sealed.length }
  }

  /** Nothing is chained to what was tampered with: it would be signed. */
  async #requireSignedHead(tx: Transaction<Tables>, tail: { seq: number }): Promise<void> {
    const signed = this.#deps.heads.newest
    if (signed === undefined) return
    const row = await tx
      .selectFrom('audit_log')
      .where('seq', '=', signed.seq)
      .select(sql<string>`encode(hash, 'hex')`.as('hash'))
      .executeTakeFirst()
    if (tail.seq < signed.seq || (row !== undefined && row.hash !== signed.hash))
      throw new AuditChainError(
        `the audit log does not fit its signed head ${signed.seq}: run npm run audit:verify; nothing is sealed until then`,
      )
  }
}

const tailOf = (db: Kysely<Tables>): Promise<{ seq: number; hash: string } | undefined> =>
  db
    .selectFrom('audit_log')
    .where('seq', 'is not', null)
    .select([sql<number>`seq`.as('seq'), sql<string>`encode(hash, 'hex')`.as('hash')])
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst()
