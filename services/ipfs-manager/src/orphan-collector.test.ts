import { randomBytes, randomUUIDv7 } from 'node:crypto'
import { cacheCar } from '@packages/content/car/cache-car'
import { carV1, inPieces, rawBlock } from '@packages/content/car/test-cars'
import { parseCid } from '@packages/shared/cid'
import * as fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ElapsedTime } from './elapsed-time.ts'
import { FetchParts } from './network/fetch-parts.ts'
import { collectOrphans } from './orphan-collector.ts'
import { QUARANTINE_MS } from './orphan-policy.ts'
import { releaseContents } from './release-contents.ts'
import { startTestManager, type TestManager, type TestUpload } from './testing/test-manager.ts'

const HOUR_MS = 3_600_000

let test: TestManager
beforeEach(async () => {
  test = await startTestManager()
})
afterEach(() => test.stop())

/** Works off every tombstone, as the release worker would. */
const releaseAll = async (): Promise<void> => {
  const rows = await test.db.kysely.selectFrom('tombstones').select('content_id').execute()
  await releaseContents(
    test.deps,
    rows.map((row) => row.content_id),
  )
}
const collect = () => collectOrphans(test.deps)
/** An upload whose rows never came: the process died between store and database. */
const orphan = async (bytes: Uint8Array): Promise<TestUpload> => {
  const upload = await test.bring(bytes)
  test.store.settle(upload.contentId)
  return upload
}
const owned = async (): Promise<TestUpload> => {
  const upload = await test.bring(randomBytes(100))
  await test.own(upload)
  test.store.settle(upload.contentId)
  return upload
}

describe('collectOrphans', () => {
  it('quarantines an orphan after an hour, and gives it back after seven days more', async () => {
    await owned()
    const { cid } = await orphan(randomBytes(1_500_000))
    test.clock.now += HOUR_MS - 1
    expect(await collect()).toMatchObject({ halted: null, quarantined: 0 })
    test.clock.now += 1
    expect(await collect()).toMatchObject({ halted: null, quarantined: 1, condemned: 0 })
    test.clock.now += QUARANTINE_MS - 1
    expect(await collect()).toMatchObject({ quarantined: 0, condemned: 0 })
    test.clock.now += 1
    expect(await collect()).toMatchObject({ condemned: 1 })
    expect(await test.held(cid)).toBe(true)
    await releaseAll()
    expect(await test.held(cid)).toBe(false)
    expect(await collect()).toMatchObject({ quarantined: 0, unquarantined: 0, condemned: 0 })
  })

  it('leaves what is cached alone, or fetched in part, which has no owner ever', async () => {
    await owned()
    const parts = new FetchParts({ store: test.store, contentId: randomUUIDv7(), keepAfterBytes: 0 })
    const { cid, bytes } = rawBlock('of a fetch')
    await parts.add(cid, bytes)
    await parts.keep()
    const car = carV1([], [rawBlock('cached'), rawBlock('by nobody')])
    await cacheCar(inPieces(car), { store: test.store, contentId: randomUUIDv7(), maxBytes: 1_000 })
    for (const wait of [HOUR_MS, QUARANTINE_MS, HOUR_MS]) {
      test.clock.now += wait
      expect(await collect()).toMatchObject({ quarantined: 0, condemned: 0 })
    }
  })

  it('takes no jump of the clock for waiting', async () => {
    await owned()
    const { cid } = await orphan(randomBytes(100))
    test.clock.monotonic = 0
    const pass = (wallMs: number, monotonicMs: number): void => {
      test.clock.now += wallMs
      test.clock.monotonic = (test.clock.monotonic ?? 0) + monotonicMs
    }
    pass(HOUR_MS, HOUR_MS)
    expect(await collect()).toMatchObject({ quarantined: 1 })
    // To 1970, a century ahead, and back again: one hour has passed each time.
    for (const wallMs of [-test.clock.now, 100 * 365 * 24 * HOUR_MS, -43 * 365 * 24 * HOUR_MS]) {
      pass(wallMs, HOUR_MS)
      expect(await collect()).toMatchObject({ condemned: 0, unquarantined: 0 })
    }
    pass(QUARANTINE_MS - 2 * HOUR_MS, QUARANTINE_MS - 2 * HOUR_MS)
    expect(await collect()).toMatchObject({ condemned: 0 })
    pass(HOUR_MS, HOUR_MS)
    expect(await collect()).toMatchObject({ condemned: 1 })
    expect(await test.held(cid)).toBe(true)
  })

  it('believes a day of the time in which it did not run', async () => {
    await owned()
    await orphan(randomBytes(100))
    test.clock.now += HOUR_MS
    expect(await collect()).toMatchObject({ quarantined: 1 })
    for (let day = 1; day <= 7; day++) {
      test.clock.now += 30 * 24 * HOUR_MS
      const report = await collectOrphans({ ...test.deps, elapsed: new ElapsedTime(() => 0) })
      expect(report).toMatchObject({ condemned: day < 7 ? 0 : 1 })
    }
  })

  it('lets out of quarantine what has found an owner', async () => {
    await owned()
    const late = await orphan(randomBytes(100))
    test.clock.now += HOUR_MS
    await collect()
    await test.own(late)
    test.clock.now += QUARANTINE_MS
    expect(await collect()).toMatchObject({ unquarantined: 1, condemned: 0 })
    await releaseAll()
    expect(await test.held(late.cid)).toBe(true)
  })

  it('takes no root in flight, however old', async () => {
    await owned()
    const upload = await test.bring(randomBytes(100))
    test.clock.now += QUARANTINE_MS
    expect(await collect()).toMatchObject({ quarantined: 0 })
    await test.own(upload)
  })

  it('takes the root of a released content, whose tombstone was worked off on another store', async () => {
    await owned()
    const upload = await owned()
    const pins = await test.db.kysely
      .selectFrom('pins')
      .selectAll()
      .where('content_id', '=', upload.contentId)
      .execute()
    await test.unpin(pins.map((pin) => pin.id))
    await test.db.pool.query('update tombstones set released_at = now()')
    test.clock.now += HOUR_MS
    expect(await collect()).toMatchObject({ quarantined: 1 })
    test.clock.now += QUARANTINE_MS
    expect(await collect()).toMatchObject({ condemned: 1 })
    await releaseAll()
    expect(await test.held(upload.cid)).toBe(false)
  })

  it('does nothing at all on a misfit', async () => {
    const { cid } = await orphan(randomBytes(100))
    test.gate.open = false
    test.clock.now += 10 * QUARANTINE_MS
    expect(await collect()).toMatchObject({ halted: 'misfit', quarantined: 0 })
    expect(await test.db.kysely.selectFrom('quarantine').selectAll().execute()).toEqual([])
    expect(await test.held(cid)).toBe(true)
  })

  it('halts with an alarm when nothing has an owner, and goes on when that was mended', async () => {
    const uploads = [await orphan(randomBytes(10)), await orphan(randomBytes(20))]
    test.clock.now += HOUR_MS
    await collect()
    test.clock.now += QUARANTINE_MS
    expect(await collect()).toMatchObject({ halted: expect.stringContaining('no root'), condemned: 0 })
    expect(test.alarms.list()).toMatchObject([{ code: 'orphans_exceed_limit' }])
    for (const upload of uploads) await test.own(upload)
    expect(await collect()).toMatchObject({ halted: null, unquarantined: 2, condemned: 0 })
    expect(test.alarms.list()).toEqual([])
  })
})

/**
 * Steps that uploads, deletes, crashes and runs of the collector take in any order. The model knows which contents are
 * owned or in flight; none of those may ever lose its root.
 */
type Pick = 'own' | 'settle' | 'crash' | 'unpin' | 'adopt'
type Plain = 'collect' | 'collect-while-owning' | 'release' | 'misfit' | 'fit'
type Step =
  | { kind: 'bring'; bytes: number }
  | { kind: 'pick'; what: Pick; pick: number }
  | { kind: 'pass'; hours: number }
  | { kind: 'plain'; what: Plain }

const weighted = <T>(...choices: [number, T][]): fc.Arbitrary<T> =>
  fc.oneof(...choices.map(([weight, value]) => ({ weight, arbitrary: fc.constant(value) })))

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('bring' as const), bytes: fc.nat(5) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('pick' as const),
      what: weighted<Pick>([3, 'own'], [2, 'settle'], [1, 'crash'], [1, 'unpin'], [1, 'adopt']),
      pick: fc.nat(),
    }),
  },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('pass' as const), hours: weighted([1, 2], [4, 24 * 8]) }) },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('plain' as const),
      what: weighted<Plain>([8, 'collect'], [2, 'collect-while-owning'], [4, 'release'], [1, 'misfit'], [3, 'fit']),
    }),
  },
)

type Root = TestUpload & { inFlight: boolean; pinIds: string[]; contentId: string }

class Model {
  /** Roots that must stay. */
  readonly #live = new Map<string, Root>()

  async run(current: Step): Promise<void> {
    if (current.kind === 'bring') await this.#bring(Buffer.alloc(10, `bytes ${current.bytes}`))
    else if (current.kind === 'pass') test.clock.now += current.hours * HOUR_MS
    else if (current.kind === 'pick') await this.#change(current.what, current.pick)
    else if (current.what === 'collect') await collect()
    else if (current.what === 'collect-while-owning') await Promise.all([collect(), this.#own(0), releaseAll()])
    else if (current.what === 'release') await releaseAll()
    else test.gate.open = current.what === 'fit'
  }

  async check(): Promise<void> {
    for (const root of this.#live.values()) expect(test.store.hasRoot(root.contentId)).toBe(true)
    const { rows } = await test.db.pool.query('select content_id from tombstones where content_id = any($1)', [
      [...this.#live.keys()],
    ])
    expect(rows).toEqual([])
  }

  async #change(what: Pick, pick: number): Promise<void> {
    if (what === 'own') await this.#own(pick)
    else if (what === 'unpin') await this.#unpin(pick)
    else if (what === 'adopt') await this.#adopt(pick)
    else if (what === 'settle') this.#settle(pick)
    else this.#crash(pick)
  }

  #pick(roots: Root[], pick: number): Root | undefined {
    return roots[pick % Math.max(1, roots.length)]
  }

  async #bring(bytes: Uint8Array): Promise<void> {
    const upload = await test.bring(bytes)
    this.#live.set(upload.contentId, { ...upload, inFlight: true, pinIds: [] })
  }

  async #own(pick: number): Promise<void> {
    const waiting = [...this.#live.values()].filter((root) => root.inFlight && root.pinIds.length === 0)
    const root = this.#pick(waiting, pick)
    if (root === undefined) return
    const { contentId, pin } = await test.own(root)
    if (contentId !== root.contentId) {
      // Somebody else's root was first: ours may go, the pin counts there.
      this.#live.delete(root.contentId)
      test.store.settle(root.contentId)
    }
    this.#live.get(contentId)?.pinIds.push(pin.id)
  }

  #settle(pick: number): void {
    const root = this.#pick(
      [...this.#live.values()].filter((root) => root.inFlight && root.pinIds.length > 0),
      pick,
    )
    if (root === undefined) return
    root.inFlight = false
    test.store.settle(root.contentId)
  }

  /** The rows never come: from now on the root is nobody's. */
  #crash(pick: number): void {
    const root = this.#pick(
      [...this.#live.values()].filter((root) => root.inFlight && root.pinIds.length === 0),
      pick,
    )
    if (root === undefined) return
    this.#live.delete(root.contentId)
    test.store.settle(root.contentId)
  }

  async #unpin(pick: number): Promise<void> {
    const root = this.#pick(
      [...this.#live.values()].filter((root) => root.pinIds.length > 0),
      pick,
    )
    if (root === undefined) return
    await test.unpin(root.pinIds)
    this.#live.delete(root.contentId)
    test.store.settle(root.contentId)
  }

  async #adopt(pick: number): Promise<void> {
    const root = this.#pick([...this.#live.values()], pick)
    if (root === undefined) return
    const contentId = randomUUIDv7()
    if (await test.store.adoptRoot({ realm: 'public', contentId, cid: parseCid(root.cid) }))
      this.#live.set(contentId, { ...root, contentId, inFlight: true, pinIds: [] })
  }
}

describe('the collector among uploads, deletes and crashes', () => {
  it('never takes a root that is owned or in flight', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 50 }), async (steps) => {
        const model = new Model()
        test.gate.open = true
        await owned()
        for (const one of steps) {
          await model.run(one)
          await model.check()
        }
      }),
      { numRuns: 60 },
    )
  })
})
