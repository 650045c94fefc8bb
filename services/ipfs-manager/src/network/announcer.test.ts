import { randomBytes } from 'node:crypto'
import { parseCid } from '@packages/shared/cid'
import { silentLogger } from '@packages/runtime/minimal-logger'
import { sql } from 'kysely'
import type { CID } from 'multiformats/cid'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { startTestManager, type TestManager, type TestUpload } from '../testing/test-manager.ts'
import { startTestNetwork, type TestNetwork } from '../testing/test-network.ts'
import { Announcer, type AnnouncerDeps } from './announcer.ts'
import { readProvideFigures } from './provide-figures.ts'

/** Three nodes of a DHT on loopback: ours, one that keeps its records, and a stranger who knows that one alone. */
let test: TestManager
let ours: TestNetwork
let keeper: TestNetwork
let stranger: TestNetwork
beforeAll(async () => {
  ;[test, keeper] = await Promise.all([startTestManager(), startTestNetwork()])
  const bootstrap = [keeper.address]
  ;[ours, stranger] = await Promise.all([startTestNetwork({ bootstrap }), startTestNetwork({ bootstrap })])
  for (const { network } of [ours, stranger])
    await vi.waitUntil(async () => (await network.routing())?.obstacle === null, { timeout: 20_000 })
})
afterAll(() => Promise.all([ours.stop(), keeper.stop(), stranger.stop(), test.stop()]))
beforeEach(() => sql`update replicas set announce_after = 'infinity'`.execute(test.db.kysely))

const signal = () => AbortSignal.timeout(20_000)
const announcer = (over: Partial<AnnouncerDeps> = {}): Announcer =>
  new Announcer({
    ...test,
    routing: () => ours.network.routing(),
    served: { sizeOf: (cid) => test.store.reader('public').locate(cid)?.length },
    settings: { perSecond: 1_000 },
    logger: silentLogger,
    ...over,
  })
const hold = async (): Promise<TestUpload> => {
  const upload = await test.bring(randomBytes(1_000))
  await test.own(upload)
  return upload
}
const found = (by: TestNetwork, { cid }: TestUpload) => by.network.find(parseCid(cid), signal())
const rowOf = ({ contentId }: TestUpload) =>
  test.db.kysely
    .selectFrom('replicas')
    .select(['announced_at', 'announce_after'])
    .where('content_id', '=', contentId)
    .executeTakeFirstOrThrow()
const dueNow = ({ contentId }: TestUpload) =>
  sql`update replicas set announce_after = now() - interval '1 hour' where content_id = ${contentId}`.execute(
    test.db.kysely,
  )

describe('what is pinned here', () => {
  it('is found by a stranger once it was announced, and not before', async () => {
    const upload = await hold()
    const announcing = announcer()
    expect(await found(stranger, upload)).toMatchObject({ state: 'not_found', providers: [] })
    // We know that we have it, and that is no word of the network.
    expect(await found(ours, upload)).toMatchObject({ state: 'not_found', isOurs: false })
    expect(await announcing.report()).toMatchObject({ queued: 1, obstacle: null })
    await announcing.run(signal())
    const peer = ours.network.report().peerId
    expect(await found(stranger, upload)).toMatchObject({ state: 'found', isOurs: false, providers: [peer] })
    expect(await found(ours, upload)).toMatchObject({ state: 'found', isOurs: true, reason: null })
    expect(await announcing.figures()).toEqual({ queued: 0, lagSeconds: null })
  })

  it('is announced again before its record ends, and not earlier', async () => {
    const upload = await hold()
    const announcing = announcer()
    await announcing.run(signal())
    const first = await rowOf(upload)
    expect(Number(first.announce_after) - Number(first.announced_at)).toBe(20 * 60 * 60_000)
    await announcing.run(signal())
    expect(await rowOf(upload)).toEqual(first)
    await dueNow(upload)
    expect((await announcing.figures()).lagSeconds).toBeGreaterThan(3_500)
    await announcing.run(signal())
    expect(Number((await rowOf(upload)).announced_at)).toBeGreaterThan(Number(first.announced_at))
  })

  it('is not announced while its owner is suspended, nor after it was released, nor when peers would not get it', async () => {
    const [withheld, released, unserved] = [await hold(), await hold(), await hold()]
    const told = { kept: new Set([withheld.cid, released.cid]) }
    const served = { sizeOf: (cid: { toString(): string }) => (told.kept.has(cid.toString()) ? 1_000 : undefined) }
    const takenBack: string[] = []
    const routing = async () => {
      const dht = await ours.network.routing()
      if (dht === null) return null
      const forget = async (cid: CID): Promise<void> => {
        takenBack.push(cid.toString())
        await dht.forget(cid)
      }
      return { obstacle: dht.obstacle, provide: dht.provide.bind(dht), forget }
    }
    const announcing = announcer({ served, routing })
    await announcing.run(signal())
    expect(await found(stranger, released)).toMatchObject({ state: 'found' })
    expect(await rowOf(unserved)).toMatchObject({ announced_at: null, announce_after: expect.any(Date) })
    const before = await rowOf(withheld)
    const { rows } = await sql<{ id: string }>`select id from pins where content_id = ${released.contentId}`.execute(
      test.db.kysely,
    )
    await sql`delete from files where pin_id = ${rows[0]?.id}`.execute(test.db.kysely)
    await test.unpin([rows[0]?.id ?? ''])
    for (const upload of [withheld, released]) await dueNow(upload)
    await test.db.kysely.updateTable('organizations').set({ state: 'suspended' }).execute()
    try {
      expect((await announcing.figures()).queued).toBe(0)
      await announcing.run(signal())
      expect((await rowOf(withheld)).announced_at).toEqual(before.announced_at)
      // Our own word for them is taken back, so that it is not told again for ever.
      await announcing.forget()
      expect(takenBack.sort()).toEqual([withheld.cid, released.cid].sort())
    } finally {
      await test.db.kysely.updateTable('organizations').set({ state: 'active' }).execute()
    }
    expect((await announcing.figures()).queued).toBe(1)
  })

  it('waits in its rows while there is no network, and is told of as it stands', async () => {
    const upload = await hold()
    const alone = announcer({ routing: async () => null })
    await alone.run(signal())
    expect(await rowOf(upload)).toEqual({ announced_at: null, announce_after: null })
    expect(await alone.report()).toMatchObject({ queued: 1, obstacle: 'The node is not up.' })
    const lonely = await startTestNetwork({ bootstrap: [] })
    try {
      await announcer({ routing: () => lonely.network.routing() }).run(signal())
      expect((await lonely.network.routing())?.obstacle).toBe('No peers are known.')
      expect(await rowOf(upload)).toEqual({ announced_at: null, announce_after: null })
      expect(await found(lonely, upload)).toMatchObject({ state: 'unknown', reason: 'No peers are known.' })
    } finally {
      await lonely.stop()
    }
    const figures = { provide_queued: 3, provide_lag_seconds: 7, state: 'up' } as const
    await test.db.kysely.updateTable('nodes').set(figures).execute()
    expect(await readProvideFigures(test.db)).toEqual({ queued: 3, lagSeconds: 7 })
  })

  it('is told no faster than it may be, however much comes at once', async () => {
    for (let n = 0; n < 5; n++) await hold()
    const times: number[] = []
    const slow = announcer({
      settings: { perSecond: 20 },
      routing: async () => ({
        obstacle: null,
        provide: async () => times.push(performance.now()),
        forget: async () => undefined,
      }),
    })
    // From before the first: a busy machine may notice that one late.
    const since = performance.now()
    await slow.run(signal())
    expect(times).toHaveLength(5)
    expect((times.at(-1) ?? 0) - since).toBeGreaterThanOrEqual(195)
  })
})
