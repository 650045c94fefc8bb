import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { type ChainRow, chainRows, GENESIS, type SealedRow } from './chain.ts'
import type { AuditHead } from './signed-heads.ts'
import { type ChainReport, verifyChain } from './verify-chain.ts'

const rowOf = (id: number, action = 'file.uploaded'): ChainRow => ({
  id,
  xid: String(700 + Math.floor(id / 3)),
  at: '2026-11-28T02:00:00.000001Z',
  actor: null,
  credential: 'session',
  organization_id: null,
  action,
  resource_kind: 'file',
  resource_id: `r${id}`,
  result: 'allowed',
  code: null,
  status: null,
  repeats: 1,
  request_id: null,
  client: null,
})

const chainOf = (length: number): SealedRow[] =>
  chainRows(
    { seq: 0, hash: GENESIS },
    Array.from({ length }, (_, index) => rowOf(index + 1)),
  )

const headOf = ({ seq, hash }: { seq: number; hash: string }, kind: AuditHead['kind'] = 'head'): AuditHead => ({
  kind,
  seq,
  hash,
  at: '2026-11-28T02:00:00Z',
})

const verify = (rows: readonly SealedRow[], heads: readonly AuditHead[]): Promise<ChainReport> => {
  // oxlint-disable-next-line require-yield
  const stream = async function* (): AsyncGenerator<SealedRow> {
    yield* rows
  }
  return verifyChain(stream(), heads)
}

/** A chain signed at its end and sometimes before, and a place within it. */
const scene = fc
  .record({ length: fc.integer({ min: 4, max: 30 }), every: fc.integer({ min: 1, max: 9 }), at: fc.nat() })
  .map(({ length, every, at }) => {
    const rows = chainOf(length)
    const heads = rows.filter(({ seq }) => seq % every === 0 || seq === length).map((row) => headOf(row))
    return { rows, heads, place: at % length }
  })

const shifted = (rows: readonly SealedRow[], by: number): SealedRow[] =>
  rows.map((row) => ({ ...row, seq: row.seq + by }))

test('a chain that nobody touched is good, however it is signed', async () => {
  await fc.assert(
    fc.asyncProperty(scene, async ({ rows, heads }) => {
      expect(await verify(rows, heads)).toEqual({
        rows: rows.length,
        lastSeq: rows.length,
        signedSeq: rows.length,
        problem: null,
      })
      // Sealed, and not signed yet.
      expect((await verify(rows, heads.slice(0, 1))).problem).toBeNull()
    }),
  )
})

test('a changed row is named, whichever column it was', async () => {
  const changes: Partial<SealedRow>[] = [
    { action: 'x' },
    { actor: crypto.randomUUID() },
    { at: '2026-11-28T02:00:00.000002Z' },
    { credential: 'platform' },
    { organization_id: crypto.randomUUID() },
    { resource_kind: 'pin' },
    { resource_id: null },
    { result: 'refused' },
    { code: 'forbidden' },
    { status: 403 },
    { repeats: 2 },
    { request_id: 'x' },
    { client: '00' },
    { hash: 'f'.repeat(64) },
  ]
  await fc.assert(
    fc.asyncProperty(scene, fc.constantFrom(...changes), async ({ rows, heads, place }, change) => {
      const bad = rows.map((row, index) => (index === place ? { ...row, ...change } : row))
      expect((await verify(bad, heads)).problem).toEqual({ kind: 'changed', seq: place + 1, id: place + 1 })
    }),
  )
})

test('a missing row is named by its place', async () => {
  await fc.assert(
    fc.asyncProperty(scene, async ({ rows, heads, place }) => {
      const { problem } = await verify(rows.toSpliced(place, 1), heads)
      const kind = place === rows.length - 1 ? 'truncated' : 'missing'
      expect(problem).toEqual({ kind, seq: place + 1, id: null })
    }),
  )
})

test('a row that was put in is named, with whatever hash it came', async () => {
  await fc.assert(
    fc.asyncProperty(scene, fc.boolean(), async ({ rows, heads, place }, honest) => {
      const before = rows[place - 1] ?? { seq: 0, hash: GENESIS }
      const [forged] = chainRows(before, [rowOf(9_999, 'forged')])
      if (forged === undefined) throw new Error('no row')
      const put = honest ? forged : { ...forged, hash: 'a'.repeat(64) }
      const bad = [...rows.slice(0, place), put, ...shifted(rows.slice(place), 1)]
      // A head of the place itself sees it first.
      const signedBefore = heads.filter(({ seq }) => seq < place + 1 || seq > rows.length - 1)
      const { problem } = await verify(
        bad,
        signedBefore.filter(({ seq }) => seq !== put.seq),
      )
      expect(problem).toEqual({ kind: 'inserted', seq: place + 1, id: 9_999 })
    }),
  )
})

test('rows that changed places are named', async () => {
  await fc.assert(
    fc.asyncProperty(scene, fc.nat(), async ({ rows, heads, place }, distance) => {
      const other = (place + 1 + (distance % (rows.length - 1))) % rows.length
      const [a, b] = [Math.min(place, other), Math.max(place, other)]
      const bad = rows.map((row, index) => {
        const from = index === a ? rows[b] : index === b ? rows[a] : row
        return { ...(from ?? row), seq: row.seq }
      })
      const { problem } = await verify(bad, heads)
      expect(problem).toEqual({ kind: 'reordered', seq: a + 1, id: b + 1 })
    }),
  )
})

test('a chain that was hashed anew is found by its signed head, and a cut tail too', async () => {
  await fc.assert(
    fc.asyncProperty(scene, async ({ rows, heads, place }) => {
      const before = rows[place - 1] ?? { seq: 0, hash: GENESIS }
      const anew = chainRows(before, [rowOf(place + 1, 'forged'), ...rows.slice(place + 1)])
      const { problem } = await verify([...rows.slice(0, place), ...anew], heads)
      const lastGood = heads.findLast(({ seq }) => seq <= place)?.seq ?? 0
      expect(problem).toMatchObject({ kind: 'rewritten', seq: lastGood + 1 })
      expect((await verify(rows.slice(0, place), heads)).problem).toEqual({
        kind: 'truncated',
        seq: place + 1,
        id: null,
      })
    }),
  )
})

test('what retention took away hangs on its checkpoint, and what another hand took does not', async () => {
  await fc.assert(
    fc.asyncProperty(scene, async ({ rows, heads, place }) => {
      const kept = rows.slice(place)
      const last = rows[place - 1]
      if (last === undefined) return
      expect((await verify(kept, [headOf(last, 'checkpoint'), ...heads])).problem).toBeNull()
      const heard = heads.filter(({ seq }) => seq !== last.seq)
      expect((await verify(kept, heard)).problem).toEqual({ kind: 'missing', seq: 1, id: null })
      expect((await verify(kept.slice(1), [headOf(last, 'checkpoint'), ...heads])).problem).toEqual(
        kept.length === 1 ? { kind: 'truncated', seq: 1, id: null } : { kind: 'missing', seq: last.seq + 1, id: null },
      )
    }),
  )
})

test('a log without any signed head is not believed', async () => {
  expect((await verify(chainOf(3), [])).problem).toEqual({ kind: 'unsigned', seq: 1, id: null })
  expect((await verify([], [])).problem).toBeNull()
})
