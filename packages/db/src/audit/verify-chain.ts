import { GENESIS, hashRow, type SealedRow } from './chain.ts'
import type { AuditHead } from './signed-heads.ts'

export type ChainProblem = {
  kind: 'changed' | 'missing' | 'inserted' | 'reordered' | 'truncated' | 'rewritten' | 'unsigned'
  /** Place of the first bad row. */
  seq: number
  /** The row that stands there; null where none does. */
  id: number | null
}

export type ChainReport = { rows: number; lastSeq: number; signedSeq: number; problem: ChainProblem | null }

/**
 * Reads a chain in order against its signed heads and tells the first row that is not as it was sealed. Whoever can write
 * to the database can compute hashes too: what was hashed anew to its end is found by the heads, which they cannot sign.
 * @param heads in the order of their places, with checkpoints of what retention took away
 */
export const verifyChain = async (
  rows: AsyncIterable<SealedRow>,
  heads: readonly AuditHead[],
): Promise<ChainReport> => {
  const signed = new Map(heads.map((head) => [head.seq, head]))
  const checkpoints = new Map(heads.filter(({ kind }) => kind === 'checkpoint').map((head) => [head.seq, head]))
  const signedSeq = heads.at(-1)?.seq ?? 0
  let count = 0
  let last: { seq: number; hash: string; before: string } | undefined
  let lastRow: SealedRow | undefined
  let good = 0
  const report = (problem: ChainProblem | null): ChainReport => ({
    rows: count,
    lastSeq: last?.seq ?? 0,
    signedSeq,
    problem,
  })
  for await (const { row, ahead } of withAhead(rows)) {
    const previous = last ?? startOf(row, checkpoints)
    if (previous === undefined) return report({ kind: 'missing', seq: firstKept(row, heads), id: null })
    if (row.seq !== previous.seq + 1) return report({ kind: 'missing', seq: previous.seq + 1, id: null })
    if (!follows(row, previous.hash)) return report(classify(previous, lastRow, row, ahead))
    count++
    last = { seq: row.seq, hash: row.hash, before: previous.hash }
    lastRow = row
    const head = signed.get(row.seq)
    if (head !== undefined && head.hash !== row.hash) return report({ kind: 'rewritten', seq: good + 1, id: row.id })
    if (head !== undefined) good = row.seq
  }
  if (signedSeq > (last?.seq ?? 0)) return report({ kind: 'truncated', seq: (last?.seq ?? 0) + 1, id: null })
  if (count > 0 && signedSeq === 0) return report({ kind: 'unsigned', seq: 1, id: null })
  return report(null)
}

type Link = { seq: number; hash: string; before?: string }

const startOf = (row: SealedRow, checkpoints: ReadonlyMap<number, AuditHead>): Link | undefined =>
  row.seq === 1 ? { seq: 0, hash: GENESIS } : checkpoints.get(row.seq - 1)

/** Where the chain should begin: behind the last thing that retention took away. */
const firstKept = (row: SealedRow, heads: readonly AuditHead[]): number => {
  const checkpoints = heads.filter(({ kind, seq }) => kind === 'checkpoint' && seq < row.seq)
  return (checkpoints.at(-1)?.seq ?? 0) + 1
}

const follows = (row: SealedRow | undefined, hash: string): boolean =>
  row !== undefined && hashRow(hash, row) === row.hash

/** What was done to a row that does not follow from the one before it. */
const classify = (
  previous: Link,
  lastRow: SealedRow | undefined,
  row: SealedRow,
  ahead: readonly SealedRow[],
): ChainProblem => {
  const [next, afterNext] = ahead
  // The chain closes without the row before: that one was put in, with a hash made for it.
  if (previous.before !== undefined && lastRow !== undefined && follows(row, previous.before))
    return { kind: 'inserted', seq: lastRow.seq, id: lastRow.id }
  if (next !== undefined && follows(next, previous.hash))
    return {
      kind: follows(row, next.hash) || !isNew(next, afterNext) ? 'reordered' : 'inserted',
      seq: row.seq,
      id: row.id,
    }
  if (next !== undefined && isBefore(next, row) && !follows(next, row.hash))
    return { kind: 'reordered', seq: row.seq, id: row.id }
  return { kind: 'changed', seq: row.seq, id: row.id }
}

/** Whether the chain goes on behind `next`, so that only one row too many stands before it. */
const isNew = (next: SealedRow, afterNext: SealedRow | undefined): boolean =>
  afterNext === undefined || follows(afterNext, next.hash)

/** Rows are sealed in the order of transactions and ids. */
const isBefore = (a: SealedRow, b: SealedRow): boolean => {
  const [x, y] = [BigInt(a.xid), BigInt(b.xid)]
  return x < y || (x === y && a.id < b.id)
}

async function* withAhead(rows: AsyncIterable<SealedRow>): AsyncGenerator<{ row: SealedRow; ahead: SealedRow[] }> {
  const window: SealedRow[] = []
  for await (const row of rows) {
    window.push(row)
    if (window.length < 3) continue
    const [first, ...ahead] = window
    if (first !== undefined) yield { row: first, ahead }
    window.shift()
  }
  for (let row = window.shift(); row !== undefined; row = window.shift()) yield { row, ahead: window }
}
