import { randomBytes } from 'node:crypto'
import { refreshPins } from '@packages/db/pins/refresh-pins'
import * as fc from 'fast-check'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { countCopies } from '../count-copies.ts'
import type { PinBackend, ReplicaWord } from '../pin-backend.ts'
import { Fleet } from '../testing/fleet.ts'
import { startTestManager, type TestManager } from '../testing/test-manager.ts'
import { NodeChecks } from './node-checks.ts'

/** Never a sum of the minutes that pass. */
const DOUBT_MINUTES = 2.5
const MIN = 2

let test: TestManager
let fleet: Fleet
let contentId: string
let dagSize: number
const { signal } = new AbortController()

beforeAll(async () => {
  test = await startTestManager()
  fleet = await Fleet.start(test, { db: test.db, nodes: 3 })
  const upload = await test.bring(randomBytes(1_000))
  await test.own(upload)
  ;({ contentId, dagSize } = upload)
})
afterAll(async () => {
  await fleet.stop()
  await test.stop()
})

/** Three nodes have confirmed it a moment ago, and two have to have it. */
const reset = async (): Promise<void> => {
  await test.db.unitOfWork.run(async (uow) => {
    await sql`delete from fetches`.execute(uow.tx)
    await sql`delete from replicas`.execute(uow.tx)
    await sql`
      insert into replicas (content_id, node_id, status, pinned_at, last_checked)
      select ${contentId}, id, 'pinned', now() - interval '1 second', now() from nodes where kind = 'kubo'
    `.execute(uow.tx)
    await sql`update contents set state = 'held', dag_size = ${dagSize}, blocks = 1`.execute(uow.tx)
    await sql`update pins set replication_min = ${MIN}`.execute(uow.tx)
    await countCopies(uow.tx, [contentId])
    await refreshPins(uow, [contentId])
  })
}
beforeEach(reset)

type Word = ReplicaWord['state']
const saying = (say: (nodeId: string) => Word | Promise<Word>): Pick<PinBackend, 'replicas'> => ({
  replicas: async (nodeId, roots) => {
    const state = await say(nodeId)
    return roots.map(({ contentId }) =>
      state === 'pinned'
        ? { contentId, state, isForeign: false }
        : state === 'absent'
          ? { contentId, state }
          : { contentId, state, reason: 'The node does not answer.' },
    )
  },
})
const checksOf = (backend: Pick<PinBackend, 'replicas'>, waitMs?: number) =>
  new NodeChecks(
    { ...test.deps, backend, doubtAfterMs: DOUBT_MINUTES * 60_000 },
    waitMs === undefined ? {} : { waitMs },
  )
const told = () => test.db.kysely.selectFrom('pins').select(['status', 'psa_status']).executeTakeFirstOrThrow()
const pass = (minutes: number) =>
  sql`update replicas set last_checked = last_checked - ${minutes}::float8 * interval '1 minute'`.execute(
    test.db.kysely,
  )

describe('NodeChecks', () => {
  it('hears of the loss of copies that were made while the clock was ahead', async () => {
    await sql`update replicas set pinned_at = now() + interval '1 day'`.execute(test.db.kysely)
    await checksOf(saying(() => 'absent')).run(fleet.others.slice(0, 2), signal)
    expect(await told()).toEqual({ status: 'degraded', psa_status: 'pinned' })
  })

  it('hears what one node has lost while another does not end its answer, which is asked once at a time', async () => {
    const [slow = '', first = '', second = ''] = fleet.others
    let asked = 0
    const answer = Promise.withResolvers<Word>()
    const checks = checksOf(
      saying((nodeId) => {
        if (nodeId !== slow) return 'absent'
        asked++
        return answer.promise
      }),
      2_000,
    )
    await checks.run([slow, first, second], signal)
    expect(await told()).toEqual({ status: 'degraded', psa_status: 'pinned' })
    await checks.run([slow], signal)
    expect(asked).toBe(1)
    answer.resolve('absent')
    await checks.run([slow], signal)
    expect(await told()).toEqual({ status: 'degraded', psa_status: 'pinning' })
  })

  it('does not believe for ever what a node, which is up, says nothing of', async () => {
    let word: Word = 'unknown'
    const checks = checksOf(saying(() => word))
    await checks.run(fleet.others, signal)
    expect(await told()).toMatchObject({ status: 'pinned' })
    await pass(4)
    // As after a long round, in which it did answer: once is not for long.
    await checksOf(saying(() => word)).run(fleet.others, signal)
    expect(await told()).toMatchObject({ status: 'pinned' })
    await checks.run(fleet.others, signal)
    expect(await told()).toEqual({ status: 'degraded', psa_status: 'pinning' })
    word = 'pinned'
    await checks.run(fleet.others, signal)
    expect(await told()).toMatchObject({ status: 'pinned' })
  })

  it('doubts all that a node says nothing of, where that is more than it remembers at a time', async () => {
    const more = [await test.bring(randomBytes(1_000)), await test.bring(randomBytes(1_000))]
    const pins: string[] = []
    for (const upload of more) pins.push((await test.own(upload)).pin.id)
    const ids = more.map((upload) => upload.contentId)
    const [nodeId = ''] = fleet.others
    await sql`
      insert into replicas (content_id, node_id, status, pinned_at, last_checked)
      select id, ${nodeId}, 'pinned', now() - interval '1 second', now() from unnest(${ids}::uuid[]) as x (id)
    `.execute(test.db.kysely)
    const backend: Pick<PinBackend, 'replicas'> = {
      replicas: async (_, roots) =>
        roots.map(({ contentId: id }) =>
          id === contentId
            ? { contentId: id, state: 'pinned', isForeign: false }
            : { contentId: id, state: 'unknown', reason: 'It takes too long.' },
        ),
    }
    const checks = new NodeChecks({ ...test.deps, backend, doubtAfterMs: DOUBT_MINUTES * 60_000, maxUnknown: 1 })
    // The second doubts what the first was told nothing of, and has room for the other.
    for (let round = 0; round < 3; round++) {
      await pass(4)
      await checks.run([nodeId], signal)
    }
    const doubted = await test.db.kysely
      .selectFrom('replicas')
      .select('content_id')
      .where('node_id', '=', nodeId)
      .where('status', '=', 'unreachable')
      .execute()
    await test.unpin(pins)
    expect(doubted.map(({ content_id }) => content_id).sort()).toEqual(ids.sort())
  })

  it('ends when the platform stops', async () => {
    const checks = checksOf({
      replicas: (_, __, until) =>
        new Promise((_, reject) => until.addEventListener('abort', () => reject(until.reason), { once: true })),
    })
    const run = checks.run(fleet.others, signal)
    await Promise.all([expect(run).rejects.toThrow('the platform stops'), checks.stop()])
  })
})

it('tells pinned exactly while as many as the minimum count: by their last word, or none for too short a time', async () => {
  const step = fc.record({
    node: fc.nat(2),
    word: fc.constantFrom<Word>('pinned', 'absent', 'unknown', 'unknown'),
    minutes: fc.constantFrom(0, 1, 4),
  })
  await fc.assert(
    fc
      .asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async (steps) => {
        const copies = fleet.others.map(() => ({ age: 0, counts: true, isThere: true, wasSilent: false }))
        let said: Word = 'pinned'
        const checks = checksOf(saying(() => said))
        for (const { node, word, minutes } of steps) {
          await pass(minutes)
          for (const copy of copies) copy.age += minutes
          said = word
          await checks.run([fleet.others[node] ?? ''], signal)
          const copy = copies[node]
          if (copy?.isThere === true) {
            if (word === 'pinned') Object.assign(copy, { age: 0, counts: true })
            if (word === 'absent') Object.assign(copy, { counts: false, isThere: false })
            if (word === 'unknown' && copy.wasSilent && copy.age > DOUBT_MINUTES) copy.counts = false
            copy.wasSilent = word === 'unknown'
          }
          const confirmed = copies.filter(({ counts }) => counts).length
          const { status, psa_status } = await told()
          expect(status).toBe(confirmed >= MIN ? 'pinned' : 'degraded')
          expect(psa_status).toBe(confirmed > 0 ? 'pinned' : 'pinning')
        }
      })
      .beforeEach(reset),
    { numRuns: 25, seed: 6 },
  )
})
