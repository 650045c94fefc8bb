import { createHash } from 'node:crypto'
import { type Kysely, sql } from 'kysely'
import { microseconds } from '../microseconds.ts'
import type { Tables } from '../tables.ts'

/** A row as it is hashed: every column as text or number, exactly as the database has it. */
export type ChainRow = {
  id: number
  xid: string
  at: string
  actor: string | null
  credential: string
  organization_id: string | null
  action: string
  resource_kind: string
  resource_id: string | null
  result: string
  code: string | null
  status: number | null
  repeats: number
  request_id: string | null
  /** Hex. */
  client: string | null
}

export type SealedRow = ChainRow & { seq: number; hash: string }

/** What stands before the first row. */
export const GENESIS = '0'.repeat(64)

const canonical = (row: ChainRow): string =>
  JSON.stringify([
    row.id,
    row.xid,
    row.at,
    row.actor,
    row.credential,
    row.organization_id,
    row.action,
    row.resource_kind,
    row.resource_id,
    row.result,
    row.code,
    row.status,
    row.repeats,
    row.request_id,
    row.client,
  ])

/** SHA-256 over the hash before and the row, in hex. The place in the chain is told by the hash before. */
export const hashRow = (previous: string, row: ChainRow): string =>
  createHash('sha256').update(Buffer.from(previous, 'hex')).update(canonical(row)).digest('hex')

/** Pure: rows with their places and hashes, after `previous`. */
export const chainRows = (previous: { seq: number; hash: string }, rows: readonly ChainRow[]): SealedRow[] => {
  let { seq, hash } = previous
  return rows.map((row) => {
    hash = hashRow(hash, row)
    seq++
    return { ...row, seq, hash }
  })
}

/** All columns of the chain, for a query of `audit_log`. */
export const chainQuery = (db: Kysely<Tables>) =>
  db
    .selectFrom('audit_log')
    .select([
      'id',
      'xid',
      'actor',
      'credential',
      'organization_id',
      'action',
      'resource_kind',
      'resource_id',
      'result',
      'code',
      'status',
      'repeats',
      'request_id',
    ])
    .select([microseconds('created_at').as('at'), sql<string | null>`encode(client, 'hex')`.as('client')])
