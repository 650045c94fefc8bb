import type { ErasureReceipt } from '@packages/db/erasure/erasure-receipts'
import type { Receipt } from './schemas.ts'

const ELSEWHERE =
  'Content that was public can have been copied by anybody on the IPFS network or by who downloaded it. Such copies are not ours and cannot be recalled; a CID that others provide stays reachable through them.'

const STAYS = [
  'This receipt, without names or addresses, for as long as the operator keeps receipts.',
  'Rows of the audit log until their retention is over: who they were about was told by a table of pseudonyms alone, whose row is deleted.',
  'Content that somebody else has pinned as well: it is theirs, too.',
  'Random ids without anything that they point at: for 24 hours in the log that tells processes which credentials have ended, and in the audit log.',
]

/** @param backupRetentionMs how long backups are kept; null when the operator has not said */
export const presentReceipt = (row: ErasureReceipt, backupRetentionMs: number | null): Receipt => ({
  id: row.id,
  kind: row.kind,
  requestedBy: row.requested_by,
  state: row.finished_at === null ? 'running' : 'done',
  requestedAt: row.requested_at.toISOString(),
  finishedAt: row.finished_at?.toISOString() ?? null,
  erased: row.counts as Record<string, number>,
  backups: backups(row.finished_at, backupRetentionMs),
  elsewhere: ELSEWHERE,
  stays: STAYS,
})

const backups = (finishedAt: Date | null, retentionMs: number | null): Receipt['backups'] => {
  if (retentionMs === null)
    return { keptUntil: null, note: 'The operator has not told how long backups are kept. Ask who runs this platform.' }
  if (retentionMs === 0) return { keptUntil: null, note: 'The operator keeps no backups.' }
  if (finishedAt === null) return { keptUntil: null, note: 'Told when the erasure is done.' }
  return {
    keptUntil: new Date(finishedAt.getTime() + retentionMs).toISOString(),
    note: 'Backups that were made before the erasure was done hold it until then. When one is put back the erasure has to be asked for again.',
  }
}
