import { Readable } from 'node:stream'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { IdempotencyConflict, saveIdempotentReply } from '@packages/db/idempotency'
import type { Tables } from '@packages/db/tables'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { Transaction } from 'kysely'
import type { Idempotency } from '../../../plugins/idempotency/idempotency.ts'
import type { BulkLimits } from './bulk-limits.ts'
import { HeaderError, type ReadLine } from './line-format.ts'
import { asRefusal, endErrorOf, lineErrorOf, type LineResult } from './line-result.ts'
import { inChunks, type Line, readLines } from './read-lines.ts'

type Tx = Transaction<Tables>

export type BulkWork<T, R extends object> = {
  read: ReadLine<T>
  /**
   * Carries some lines out, of which there may be none; one that cannot be is told of by its error.
   * @param keep what to call in the transaction of the change, where results are kept
   */
  work(
    values: T[],
    keep: ((tx: Tx, outcomes: (R | HoldfastError)[]) => Promise<void>) | undefined,
  ): Promise<(R | HoldfastError)[]>
  /** Takes what so many lines cost. @throws HoldfastError `rate_limited` */
  charge(lines: number): Promise<void>
  /** By which a repeat is known; null without a key. */
  key: { scope: string; route: string; key: string; about: string } | null
}

export type RunBulkDeps = { idempotency: Pick<Idempotency, 'claim' | 'fingerprint'>; bulkLimits: BulkLimits }

type Told<R extends object> = LineResult<R>[]

type Asked<T> = { line: number; value: T | HoldfastError }[]

/** Lines of one transaction, and what is asked for by them: the names of a table's columns ask for nothing, and are needed for all. */
type Chunk<T> = { lines: Line[]; asked: Asked<T> | HeaderError }

/**
 * Works a body off line by line, chunk by chunk, and tells of each line as NDJSON, in order. The output never waits for its reader, because many clients read
 * only when they have sent everything: what is not read yet is held, and a body has few enough lines for that.
 * @returns the output, once there is some, and the end of the work
 * @throws HoldfastError what befell before any line was carried out
 */
export const runBulk = async <T, R extends object>(
  deps: RunBulkDeps,
  bytes: AsyncIterable<Uint8Array>,
  bulk: BulkWork<T, R>,
): Promise<{ output: Readable; ended: Promise<void> }> => {
  const output = new Readable({ read: () => undefined })
  const begun = Promise.withResolvers<void>()
  const tell = (lines: object[]): void => {
    if (!output.destroyed) output.push(lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
    begun.resolve()
  }
  const summary = { lines: 0, done: 0, refused: 0 }
  const ended = workOff(deps, bytes, bulk, { tell, summary }).then(
    () => {
      if (!output.destroyed) output.push(null)
    },
    (error: unknown) => {
      if (summary.lines === 0) return begun.reject(error)
      // The connection is cut: no reader takes it for whole.
      output.destroy(error instanceof Error ? error : new Error(String(error)))
    },
  )
  await begun.promise
  return { output, ended }
}

const workOff = async <T, R extends object>(
  deps: RunBulkDeps,
  bytes: AsyncIterable<Uint8Array>,
  bulk: BulkWork<T, R>,
  { tell, summary }: { tell: (lines: object[]) => void; summary: { lines: number; done: number; refused: number } },
): Promise<void> => {
  const { bulkLimits: limits } = deps
  const chunks = parsed(bulk.read, inChunks(readLines(bytes, limits), limits))
  let next = begin(chunks)
  try {
    for (let at = 0; ; at++) {
      const { done, value: chunk } = await next
      if (done === true) break
      // Read on while the database is at work.
      next = begin(chunks)
      const told = await chunkOf(deps, bulk, chunk, at)
      summary.lines += told.length
      summary.refused += told.filter((line) => 'error' in line).length
      summary.done = summary.lines - summary.refused
      tell(told)
    }
    tell([{ summary }])
  } catch (error) {
    void chunks.return()
    if (summary.lines === 0) throw error
    tell([{ summary, error: endErrorOf(asRefusal(error)) }])
  }
}

/** A millisecond of parsing and of looking into denylists: others are served in between, and the statement of the chunk before is sent. */
const LINES_A_TURN = 32

/** Chunks with what their lines say: this is done while the chunk before is written, so that the database does not wait for it. */
async function* parsed<T>(
  read: ReadLine<T>,
  chunks: AsyncGenerator<Line[], void, undefined>,
): AsyncGenerator<Chunk<T>, void, undefined> {
  for await (const lines of chunks) {
    try {
      yield { lines, asked: await askedBy(read, lines) }
    } catch (error) {
      if (!(error instanceof HeaderError)) throw error
      // Not before it is known whether the request is a repeat.
      yield { lines, asked: error }
    }
  }
}

const askedBy = async <T>(read: ReadLine<T>, lines: readonly Line[]): Promise<Asked<T>> => {
  const asked: Asked<T> = []
  for (const [at, { number, bytes }] of lines.entries()) {
    if (at % LINES_A_TURN === 0) await nextTurn()
    const value = parse(read, bytes)
    if (value !== undefined) asked.push({ line: number, value })
  }
  return asked
}

/** It may fail before somebody waits for it. */
const begin = <T>(chunks: AsyncGenerator<T, void, undefined>): Promise<IteratorResult<T, void>> => {
  const next = chunks.next()
  next.catch(() => undefined)
  return next
}

const chunkOf = async <T, R extends object>(
  deps: RunBulkDeps,
  bulk: BulkWork<T, R>,
  { lines, asked }: Chunk<T>,
  at: number,
): Promise<Told<R>> => {
  const { key } = bulk
  if (key === null) return carryOut(bulk, asked, undefined)
  const { about, ...identity } = key
  const claim = await deps.idempotency.claim({ ...identity, key: `${key.key} ${at}` })
  try {
    const said = lines.map(({ number, bytes }) => [number, bytes?.toString('latin1') ?? null])
    const fingerprint = deps.idempotency.fingerprint([about, said])
    const replay = (): Told<R> | undefined => claim.replay(fingerprint)?.body as Told<R> | undefined
    const earlier = replay()
    if (earlier !== undefined) return earlier
    try {
      return await carryOut(bulk, asked, (tx, results) =>
        saveIdempotentReply(tx, { ...claim.identity, fingerprint, status: 200, body: claim.keep(results) }),
      )
    } catch (error) {
      if (!(error instanceof IdempotencyConflict)) throw error
      await claim.reload()
      const theirs = replay()
      if (theirs === undefined) throw new HoldfastError('request_in_flight', { cause: error })
      return theirs
    }
  } finally {
    claim.release()
  }
}

const carryOut = async <T, R extends object>(
  { charge, work }: BulkWork<T, R>,
  asked: Chunk<T>['asked'],
  keep: ((tx: Tx, results: Told<R>) => Promise<void>) | undefined,
): Promise<Told<R>> => {
  if (asked instanceof HeaderError) throw asked
  await charge(asked.length)
  const values = asked.flatMap(({ value }) => (value instanceof HoldfastError ? [] : [value]))
  const told = (outcomes: readonly (R | HoldfastError)[]): Told<R> => {
    let at = 0
    return asked.map(({ line, value }) => {
      const outcome = value instanceof HoldfastError ? value : outcomes[at++]
      if (outcome === undefined) throw new Error('a line was not decided')
      return outcome instanceof HoldfastError ? { line, error: lineErrorOf(outcome) } : { line, ...outcome }
    })
  }
  if (values.length === 0 && keep === undefined) return told([])
  return told(await work(values, keep === undefined ? undefined : (tx, outcomes) => keep(tx, told(outcomes))))
}

const parse = <T>(read: ReadLine<T>, bytes: Buffer | undefined): T | HoldfastError | undefined => {
  if (bytes === undefined) return new HoldfastError('payload_too_large', { detail: 'The line is too long.' })
  try {
    return read(bytes)
  } catch (error) {
    if (error instanceof HeaderError) throw error
    return asRefusal(error)
  }
}
