import { randomBytes } from 'node:crypto'
import { retryFetches } from '@packages/db/pins/retry-fetches'
import { removePins } from '@packages/db/remove-pins'
import { seedOrganization } from '@packages/db/test-database/seed'
import { wantRoot } from '@packages/db/test-database/want-root'
import { parseCid } from '@packages/shared/cid'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { confirmReplica } from './confirm-replica.ts'
import { EmbeddedBackend } from './embedded/embedded-backend.ts'
import { gatedBackend } from './garbage/gated-backend.ts'
import { NodeGate } from './garbage/node-gate.ts'
import type { PinBackend } from './pin-backend.ts'
import { PinLoop, type PinLoopSettings } from './pin-loop.ts'
import { ReleaseWorker } from './release-worker.ts'
import { RootLocks } from './root-locks.ts'
import type { IsDenied } from './run-fetch.ts'
import { Fleet } from './testing/fleet.ts'
import { type Peer, startPeer } from './testing/peer.ts'
import { startTestManager, type TestManager } from './testing/test-manager.ts'

let test: TestManager
let peer: Peer
const loops: PinLoop[] = []
beforeEach(async () => {
  test = await startTestManager()
  peer = await startPeer(test.store)
})
afterEach(async () => {
  peer.gate.ignoresAbort = false
  for (const loop of loops.splice(0)) await loop.stop()
  await peer.stop()
  await test.stop()
})

type LoopOptions = Partial<PinLoopSettings> & { fetch?: boolean; isDenied?: IsDenied; backend?: PinBackend }
const startLoop = async ({ fetch = true, isDenied = () => false, backend: given, ...settings }: LoopOptions = {}) => {
  const network = fetch ? { fetchDag: peer.fetchDag } : {}
  const own = { store: test.store, nodeId: test.nodeId, network: 'public' } as const
  const backend = given ?? new EmbeddedBackend({ ...own, ...network })
  const deps = { ...test.deps, backend, isDenied, locks: new RootLocks() }
  const loop = new PinLoop({ ...deps, settings: { pollMs: 50, ...settings } })
  loops.push(loop)
  await loop.start()
  return loop
}
const want = (cid: string, owner: { organizationId: string; userId: string } = test) =>
  wantRoot(test.db, { organizationId: owner.organizationId, userId: owner.userId, cid })
const unpin = ({ pinId }: { pinId: string }, { organizationId }: { organizationId: string } = test) =>
  test.db.unitOfWork.run((uow) => removePins(uow, { organizationId, pinIds: [pinId], actorId: null }))
const pinOf = ({ pinId }: { pinId: string }) =>
  test.db.kysely.selectFrom('pins').selectAll().where('id', '=', pinId).executeTakeFirstOrThrow()
const statusOf = async (pin: { pinId: string }) => (await pinOf(pin)).status
const fetches = () => test.db.kysely.selectFrom('fetches').selectAll().execute()
const becomes = (pin: { pinId: string }, status: string) =>
  expect.poll(() => statusOf(pin), { timeout: 10_000 }).toBe(status)
/** A gate that nobody has opened yet. */
const shutGate = () => {
  const { promise, resolve } = Promise.withResolvers<void>()
  peer.gate.open = promise
  return resolve
}
const untilFetching = (blocks = 1) =>
  expect.poll(async () => (await fetches()).filter((row) => row.blocks >= blocks).length, { timeout: 10_000 }).toBe(1)

const limitStorage = (bytes: number) =>
  test.db.kysely
    .updateTable('organizations')
    .set({ storage_limit: bytes })
    .where('id', '=', test.organizationId)
    .execute()
const nothingIsLeft = async (pin: { pinId: string; contentId: string }) => {
  expect(await fetches()).toMatchObject([
    { state: 'failed', error_code: 'limit_bytes', error: 'The content is larger than the storage that is left.' },
  ])
  expect((await pinOf(pin)).info).toEqual({ reason: 'The content is larger than the storage that is left.' })
  expect(await test.db.kysely.selectFrom('contents').select(['state', 'dag_size']).execute()).toEqual([
    { state: 'wanted', dag_size: null },
  ])
  expect(await test.db.kysely.selectFrom('replicas').selectAll().execute()).toEqual([])
  expect(test.store.hasRoot(pin.contentId)).toBe(false)
  expect(test.store.inFlight().size).toBe(0)
  expect((await test.store.stats()).realms.public?.liveBytes ?? 0).toBe(0)
  const usage = await test.db.kysely.selectFrom('usage').select(['stored_bytes', 'roots']).execute()
  expect(usage).toEqual([{ stored_bytes: 0, roots: 0 }])
}

describe('PinLoop', () => {
  it('brings what somebody has, says how far it is, and charges everybody who waited', async () => {
    const other = await seedOrganization(test.db)
    const cid = await peer.bring(randomBytes(2_500_000))
    const open = shutGate()
    await startLoop()
    const [mine, theirs] = [await want(cid), await want(cid, other)]
    await untilFetching()
    expect(await statusOf(mine)).toBe('pinning')
    expect(await fetches()).toMatchObject([{ phase: 'fetching', providers: [{ peerId: 'peer', outcome: 'sent' }] }])
    open()
    await becomes(mine, 'pinned')
    expect(await statusOf(theirs)).toBe('pinned')
    expect(await fetches()).toEqual([])
    const usage = await test.db.kysely.selectFrom('usage').select('roots').execute()
    expect(usage).toEqual([{ roots: 1 }, { roots: 1 }])
    const content = await test.db.kysely.selectFrom('contents').selectAll().executeTakeFirstOrThrow()
    expect(content).toMatchObject({ state: 'held', confirmed: 1, blocks: 4 })
    expect(peer.asked).toHaveLength(1)
    expect(test.store.inFlight().size).toBe(0)
  })

  it('counts no try that had to go for the garbage of its node, and goes on later', async () => {
    const cid = await peer.bring(randomBytes(1_000))
    const open = shutGate()
    const own = { store: test.store, nodeId: test.nodeId, network: 'public', fetchDag: peer.fetchDag } as const
    const gate = new NodeGate({ db: test.db, settings: { breakAfterMs: 0 } })
    await startLoop({ backend: gatedBackend(new EmbeddedBackend(own), gate) })
    const pin = await want(cid)
    await expect.poll(() => peer.asked.length).toBe(1)
    expect(await fetches()).toMatchObject([{ state: 'running', attempts: 1 }])
    expect(await gate.collecting(test.nodeId, new AbortController().signal, async () => 'collected')).toBe('collected')
    await expect.poll(fetches).toMatchObject([{ state: 'waiting', attempts: 0, error: null }])
    open()
    await test.db.kysely.updateTable('fetch_queue').set({ due_at: new Date() }).execute()
    await becomes(pin, 'pinned')
  })

  it('does not bring what was denied while it waited, also when that is asked for again, until it is denied no more', async () => {
    const cid = await peer.bring(randomBytes(1_000))
    const pin = await want(cid)
    const denied = new Set([cid])
    await startLoop({ isDenied: (asked) => denied.has(`${asked}`) })
    await becomes(pin, 'failed')
    expect(await fetches()).toMatchObject([{ error_code: 'denied', error: expect.stringContaining('denied') }])
    const again = () => test.db.unitOfWork.run((uow) => retryFetches(uow, test.organizationId, [pin.contentId]))
    await again()
    await becomes(pin, 'failed')
    expect(peer.asked).toEqual([])
    denied.clear()
    await again()
    await becomes(pin, 'pinned')
  })

  it('does not keep what was denied while it was brought', async () => {
    const cid = await peer.bring(randomBytes(2_500_000))
    const pin = await want(cid)
    const denied = new Set<string>()
    const open = shutGate()
    await startLoop({ isDenied: (asked) => denied.has(`${asked}`) })
    await untilFetching()
    denied.add(cid)
    open()
    await becomes(pin, 'failed')
    expect(await fetches()).toMatchObject([{ error_code: 'denied' }])
    expect(test.store.hasRoot(pin.contentId)).toBe(false)
    expect(await test.db.kysely.selectFrom('replicas').selectAll().execute()).toEqual([])
  })

  it('remembers that a node has garbage of what was denied while it was brought', async () => {
    const fleet = await Fleet.start(test, { db: test.db, nodes: 1, fetchInto: peer.fetchInto })
    const cid = await peer.bring(randomBytes(2_500_000))
    const pin = await want(cid)
    const denied = new Set<string>()
    const open = shutGate()
    await test.db.kysely.updateTable('nodes').set({ role: 'staging' }).where('id', '=', test.nodeId).execute()
    await startLoop({ backend: fleet.backend, isDenied: (asked) => denied.has(`${asked}`) })
    await untilFetching()
    denied.add(cid)
    open()
    await becomes(pin, 'failed')
    const node = await test.db.kysely
      .selectFrom('nodes')
      .select('released_bytes')
      .where('kind', '=', 'kubo')
      .executeTakeFirstOrThrow()
    for (const loop of loops.splice(0)) await loop.stop()
    await fleet.stop()
    expect(node.released_bytes).toBeGreaterThan(2_500_000)
  })

  it.each([
    { where: 'elsewhere', isThere: false },
    { where: 'on that very node', isThere: true },
  ])(
    'leaves of what was denied while it was brought, and came by itself $where, no more than what is counted on',
    async ({ isThere }) => {
      const fleet = await Fleet.start(test, { db: test.db, nodes: 1, fetchInto: peer.fetchInto })
      const [nodeId = ''] = fleet.others
      const bytes = randomBytes(2_500_000)
      const cid = await peer.bring(bytes)
      const { contentId } = await want(cid)
      const denied = new Set<string>()
      const open = shutGate()
      await test.db.kysely.updateTable('nodes').set({ role: 'staging' }).where('id', '=', test.nodeId).execute()
      const loop = await startLoop({ backend: fleet.backend, isDenied: (asked) => denied.has(`${asked}`) })
      await untilFetching()
      peer.gate.ignoresAbort = true
      const held = isThere ? nodeId : test.nodeId
      await test.db.unitOfWork.run((uow) =>
        confirmReplica(uow, { contentId, nodeId: held, isForeign: false, dagSize: bytes.length, blocks: 4 }),
      )
      denied.add(cid)
      open()
      await loop.stop()
      const there = fleet.store(nodeId).hasRoot(contentId)
      await fleet.stop()
      expect(there).toBe(isThere)
    },
  )

  it('leaves nothing on a node of what has come elsewhere by itself, and there before it could be called off', async () => {
    const fleet = await Fleet.start(test, { db: test.db, nodes: 1, fetchInto: peer.fetchInto })
    const [nodeId = ''] = fleet.others
    const bytes = randomBytes(2_500_000)
    const { contentId } = await want(await peer.bring(bytes))
    const open = shutGate()
    await test.db.kysely.updateTable('nodes').set({ role: 'staging' }).where('id', '=', test.nodeId).execute()
    let isCalledOff = false
    // As Kubo does: the call is cut, and the node has its pin all the same.
    const ensure: PinBackend['ensure'] = async (node, root, source, options) => {
      options.signal.addEventListener('abort', () => (isCalledOff = true), { once: true })
      const ensured = await fleet.backend.ensure(node, root, source, {
        ...options,
        signal: AbortSignal.timeout(60_000),
      })
      options.signal.throwIfAborted()
      return ensured
    }
    const loop = await startLoop({ backend: { ...fleet.backend, ensure } })
    await untilFetching()
    peer.gate.ignoresAbort = true
    await test.db.unitOfWork.run((uow) =>
      confirmReplica(uow, { contentId, nodeId: test.nodeId, isForeign: false, dagSize: bytes.length, blocks: 4 }),
    )
    await expect.poll(() => isCalledOff, { timeout: 10_000 }).toBe(true)
    open()
    await loop.stop()
    const there = fleet.store(nodeId).hasRoot(contentId)
    await fleet.stop()
    expect(there).toBe(false)
  })

  it('tells origins to whoever fetches, and forgets them when the pin is pinned', async () => {
    const cid = await peer.bring(randomBytes(1_000))
    const pin = await want(cid)
    const origins = ['/ip4/192.0.2.1/tcp/4001/p2p/12D3KooW']
    await test.db.kysely.updateTable('pins').set({ origins }).where('id', '=', pin.pinId).execute()
    await startLoop()
    await becomes(pin, 'pinned')
    expect(peer.asked).toEqual([{ cid, origins }])
    expect((await pinOf(pin)).origins).toEqual([])
  })

  it('says honestly that there is no network, and pins what is uploaded', async () => {
    const bytes = randomBytes(1_000)
    const cid = await peer.bring(bytes)
    const pin = await want(cid)
    await startLoop({ fetch: false, retry: { giveUpMs: Number.POSITIVE_INFINITY, searchMs: 3_600_000 } })
    await expect
      .poll(fetches, { timeout: 10_000 })
      .toMatchObject([{ state: 'waiting', error_code: 'no_providers', error: expect.stringContaining('not held') }])
    expect(await statusOf(pin)).toBe('pinning')
    await test.own(await test.bring(bytes))
    expect(await statusOf(pin)).toBe('pinned')
    expect(await fetches()).toEqual([])
  })

  it('holds at once what a CID holds itself', async () => {
    const pin = await want('bafkqabligvwgy3y')
    await startLoop({ fetch: false })
    await becomes(pin, 'pinned')
    expect((await test.db.kysely.selectFrom('contents').select(['dag_size', 'blocks']).execute())[0]).toEqual({
      dag_size: 0,
      blocks: 0,
    })
  })

  it('calls a fetch off when nobody waits for it any more, and not before', async () => {
    const other = await seedOrganization(test.db)
    const cid = await peer.bring(randomBytes(2_500_000))
    shutGate()
    await startLoop({ pollMs: 60_000 })
    const [mine, theirs] = [await want(cid), await want(cid, other)]
    await untilFetching()
    await unpin(mine)
    expect(test.store.inFlight().size).toBe(1)
    await unpin(theirs, other)
    await expect.poll(() => test.store.inFlight().size, { timeout: 5_000 }).toBe(0)
    expect((await test.store.stats()).realms.public?.liveBytes ?? 0).toBe(0)
    expect(await fetches()).toEqual([])
  })

  it('cuts a fetch when the storage of all who wait has gone meanwhile, and leaves nothing of it', async () => {
    const cid = await peer.bring(randomBytes(2_500_000))
    shutGate()
    await limitStorage(2_600_000)
    await startLoop({ quotaEveryMs: 20 })
    const pin = await want(cid)
    await untilFetching()
    // Something else has taken what was left.
    await limitStorage(10)
    await becomes(pin, 'failed')
    await nothingIsLeft(pin)
  })

  it('does not keep what turned out to be larger than the storage that is left, though little of it had to come', async () => {
    const bytes = randomBytes(2_500_000)
    const cid = await peer.bring(bytes)
    const open = shutGate()
    await limitStorage(2_600_000)
    await startLoop({ quotaEveryMs: 60_000 })
    const pin = await want(cid)
    await untilFetching()
    await limitStorage(2_400_000)
    open()
    await becomes(pin, 'failed')
    await nothingIsLeft(pin)
    // With room for it, it is had: a refusal is not for ever.
    await limitStorage(2_600_000)
    await test.db.unitOfWork.run((uow) => retryFetches(uow, test.organizationId, [pin.contentId]))
    await becomes(pin, 'pinned')
    const usage = await test.db.kysely.selectFrom('usage').select('roots').execute()
    expect(usage).toEqual([{ roots: 1 }])
  })

  it('keeps it for whoever has the storage for it', async () => {
    const other = await seedOrganization(test.db)
    const cid = await peer.bring(randomBytes(2_500_000))
    await limitStorage(10)
    const [mine, theirs] = [await want(cid), await want(cid, other)]
    await startLoop({ quotaEveryMs: 20 })
    await becomes(theirs, 'pinned')
    expect(await statusOf(mine)).toBe('pinned')
  })

  it('gives back what comes too late', async () => {
    const cid = await peer.bring(randomBytes(1_000))
    const open = shutGate()
    peer.gate.ignoresAbort = true
    await startLoop()
    const pin = await want(cid)
    await untilFetching()
    await unpin(pin)
    open()
    const tombstones = () => test.db.kysely.selectFrom('tombstones').select(['reason', 'released_at']).execute()
    await expect.poll(tombstones, { timeout: 10_000 }).toEqual([{ reason: 'orphan', released_at: null }])
    await new ReleaseWorker(test.deps).sweep()
    expect(await test.held(cid)).toBe(false)
    expect(await test.db.kysely.selectFrom('replicas').selectAll().execute()).toEqual([])
  })

  it('leaves a fetch that it did not finish to the next process, at once and uncounted', async () => {
    const cid = await peer.bring(randomBytes(2_500_000))
    const open = shutGate()
    const first = await startLoop()
    const pin = await want(cid)
    await untilFetching()
    await first.stop()
    expect(await fetches()).toMatchObject([{ state: 'waiting', attempts: 0, leased_by: null }])
    open()
    await startLoop()
    await becomes(pin, 'pinned')
  })

  it('finishes what a crash left between the store and the rows', async () => {
    const cid = await peer.bring(randomBytes(1_000))
    const pin = await want(cid)
    const backend = new EmbeddedBackend({ ...test.deps, network: 'public', fetchDag: peer.fetchDag })
    const limits = { maxMs: 5_000, stallMs: 5_000, maxBytes: 1e9, maxBlocks: 1e6, maxDepth: 1_000 }
    const root = { contentId: pin.contentId, cid: parseCid(cid), network: 'public', dagSize: null } as const
    const signal = new AbortController().signal
    await backend.ensure(test.nodeId, root, { kind: 'network', origins: [] }, { limits, signal })
    expect(await statusOf(pin)).toBe('queued')
    await startLoop({ fetch: false })
    await becomes(pin, 'pinned')
    expect(await test.db.kysely.selectFrom('usage').select(['stored_bytes', 'roots']).execute()).toEqual([
      { stored_bytes: 1_000, roots: 1 },
    ])
  })

  it('fetches no more than whoever waits could keep, and says so', async () => {
    const poor = await seedOrganization(test.db, { storageLimit: 1_000_000 })
    const cid = await peer.bring(randomBytes(2_500_000))
    await startLoop()
    const pin = await want(cid, poor)
    await becomes(pin, 'failed')
    expect((await pinOf(pin)).info).toEqual({ reason: expect.stringContaining('storage that is left') })
    expect((await test.store.stats()).realms.public?.liveBytes ?? 0).toBe(0)
    // Somebody who could keep it asks: it begins anew, for both.
    const rich = await want(cid)
    await becomes(rich, 'pinned')
    expect(await statusOf(pin)).toBe('pinned')
  })

  it('serves another organization while one waits for more than there are slots', async () => {
    const other = await seedOrganization(test.db)
    const cid = await peer.bring(randomBytes(1_000))
    shutGate()
    await startLoop({ slots: 4 })
    for (let n = 0; n < 6; n++) await want(await peer.bring(randomBytes(2_100_000)))
    await expect.poll(() => peer.asked.length, { timeout: 10_000 }).toBe(2)
    peer.gate.open = Promise.resolve()
    const pin = await want(cid, other)
    await becomes(pin, 'pinned')
  })
})
