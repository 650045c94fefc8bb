import { randomBytes, randomUUIDv7 } from 'node:crypto'
import { carV1, type TestBlock } from '@packages/content/car/test-cars'
import { walkDag } from '@packages/content/dag/walk-dag'
import { parseCid } from '@packages/shared/cid'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type FetchLimits, type RootSource, type WantedRoot } from '../pin-backend.ts'
import { startTestManager, type TestManager } from '../testing/test-manager.ts'
import { EmbeddedBackend } from './embedded-backend.ts'

let test: TestManager
let backend: EmbeddedBackend
beforeAll(async () => {
  test = await startTestManager()
  backend = new EmbeddedBackend({ store: test.store, nodeId: test.nodeId, network: 'public' })
})
afterAll(() => test.stop())

const limits: FetchLimits = { maxMs: 10_000, stallMs: 5_000, maxBytes: 1e9, maxBlocks: 1e6, maxDepth: 1_000 }
const network: RootSource = { kind: 'network', origins: [] }
const wanted = (cid: string): WantedRoot => ({
  contentId: randomUUIDv7(),
  cid: parseCid(cid),
  network: 'public',
  dagSize: null,
})
const ensure = (root: WantedRoot, source: RootSource, over: Partial<FetchLimits> = {}, signal = noSignal()) =>
  backend.ensure(test.nodeId, root, source, { limits: { ...limits, ...over }, signal })
const noSignal = () => new AbortController().signal

/** A CAR of a DAG that is not held here any more. */
const foreignCar = async (bytes: Uint8Array) => {
  const { cid, contentId } = await test.bring(bytes)
  const blocks: TestBlock[] = []
  for await (const block of walkDag(test.store.reader('public'), parseCid(cid))) blocks.push(block)
  await test.store.release(contentId)
  await test.store.idle()
  const car = carV1([parseCid(cid)], blocks)
  return { cid, car, withoutLast: carV1([parseCid(cid)], blocks.slice(0, -1)) }
}
const carOf = (bytes: Uint8Array, wait?: Promise<void>): RootSource => ({
  kind: 'car',
  async *open() {
    yield bytes
    await wait
  },
})

describe('EmbeddedBackend', () => {
  it('takes a DAG from a CAR and says what it weighs; twice is harmless', async () => {
    const { cid, car } = await foreignCar(randomBytes(3_000_000))
    const root = wanted(cid)
    expect(await ensure(root, carOf(car))).toMatchObject({ isForeign: false, blocks: 4 })
    expect(await ensure(root, network)).toMatchObject({ blocks: 4 })
    expect(await backend.replicas(test.nodeId, [root])).toEqual([
      { contentId: root.contentId, state: 'pinned', isForeign: false },
    ])
    expect(test.store.inFlight().has(root.contentId)).toBe(false)
  })

  it('is up as a node while its network starts', async () => {
    const report = { state: 'starting', reason: 'soon', peerId: null, addresses: [], peers: 0, sentBytes: 0 }
    const starting = new EmbeddedBackend({
      store: test.store,
      nodeId: test.nodeId,
      network: 'public',
      peers: () => report,
    })
    expect(await starting.nodes()).toMatchObject([{ state: 'up', reason: null, peers: 0 }])
  })

  it('takes what is held as a part of something else, and what a CID holds itself', async () => {
    const { cid } = await test.bring(randomBytes(1_000))
    expect(await ensure(wanted(cid), network)).toMatchObject({ blocks: 1 })
    // "hello" as a raw identity CID.
    const identity = wanted('bafkqabligvwgy3y')
    expect(await ensure(identity, network)).toEqual({ isForeign: false, dagSize: 0, blocks: 0 })
    expect(test.store.hasRoot(identity.contentId)).toBe(true)
  })

  it('holds nothing of a CAR that lacks a block, has a wrong one, or is of something else', async () => {
    const { cid, car, withoutLast } = await foreignCar(randomBytes(3_000_000))
    const other = await foreignCar(randomBytes(1_000))
    const flipped = Buffer.from(car)
    flipped[car.length - 10] = (flipped[car.length - 10] ?? 0) ^ 1
    for (const [bytes, code] of [
      [flipped, 'corrupt_dag'],
      [withoutLast, 'incomplete_dag'],
      [car.subarray(0, 2_000_000), 'corrupt_dag'],
      [other.car, 'corrupt_dag'],
    ] as const) {
      const root = wanted(cid)
      await expect(ensure(root, carOf(bytes))).rejects.toMatchObject({ name: 'BackendError', code })
      expect(test.store.hasRoot(root.contentId)).toBe(false)
    }
  })

  it('ends at its limits: bytes, silence, and at once when it is called off', async () => {
    const { cid, car } = await foreignCar(randomBytes(3_000_000))
    await expect(ensure(wanted(cid), carOf(car), { maxBytes: 1_000 })).rejects.toMatchObject({ code: 'limit_bytes' })
    const never = new Promise<void>(() => undefined)
    const half = carOf(car.subarray(0, 2_000_000), never)
    await expect(ensure(wanted(cid), half, { stallMs: 30 })).rejects.toMatchObject({ code: 'stalled' })
    await expect(ensure(wanted(cid), half, { maxMs: 30 })).rejects.toMatchObject({ code: 'limit_time' })
    const before = test.store.inFlight().size
    const off = AbortSignal.abort(new Error('called off'))
    await expect(ensure(wanted(cid), carOf(car), {}, off)).rejects.toThrow('called off')
    expect(test.store.inFlight().size).toBe(before)
  })

  it('has nobody to ask without a network, and says so', async () => {
    const error = await ensure(wanted('bafkreifjjcie6lypi6ny7amxnfftagclbuxndqonfipmb64f2km2devei4'), network).catch(
      (thrown: unknown) => thrown,
    )
    expect(error).toMatchObject({ code: 'no_providers', retryable: true, message: expect.stringContaining('not held') })
  })

  it('releases one content and leaves another of the same CID', async () => {
    const { cid } = await test.bring(randomBytes(1_000))
    const [one, two] = [wanted(cid), wanted(cid)]
    await ensure(one, network)
    await ensure(two, network)
    await backend.release(test.nodeId, one)
    await backend.release(test.nodeId, one)
    expect(await backend.replicas(test.nodeId, [one, two])).toMatchObject([{ state: 'absent' }, { state: 'pinned' }])
    expect(await test.held(cid)).toBe(true)
  })

  it('lists all that it holds, labelled', async () => {
    const { cid, contentId } = await test.bring(randomBytes(1_000))
    const listed = []
    for await (const page of backend.list(test.nodeId, noSignal())) listed.push(...page)
    expect(listed).toContainEqual({ cid: parseCid(cid), label: `hf:${test.store.id}:${contentId}` })
  })

  it('gives a word or an error for each of many roots', async () => {
    const { cid, car } = await foreignCar(randomBytes(1_000))
    const words = await backend.push(
      test.nodeId,
      [car, Buffer.from('no car')].map((bytes) => ({ root: wanted(cid), source: carOf(bytes) as never })),
      noSignal(),
    )
    // The second finds what the first has brought.
    expect(words).toMatchObject([{ blocks: 1 }, { blocks: 1 }])
  })
})
