import { randomBytes } from 'node:crypto'
import type { BlockSource } from '@packages/content/block-source'
import { BlockCache } from '@packages/content/cache/block-cache'
import { fromNodes } from '@packages/content/private/node-tree'
import { PRIVATE_REALM } from '@packages/content/private/private-realm'
import { setReplicationDefault } from '@packages/db/pins/replication-default'
import { silentLogger } from '@packages/runtime/minimal-logger'
import { parseCid } from '@packages/shared/cid'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loseReplica } from '../confirm-replica.ts'
import { leaveNodes } from '../moving/leave-nodes.ts'
import { joinedBackend } from '../moving/joined-backend.ts'
import { moveHome } from '../moving/move-home.ts'
import { moveToNodes } from '../moving/move-to-nodes.ts'
import type { PinBackend } from '../pin-backend.ts'
import { collectNodeOrphans } from '../orphans/collect-node-orphans.ts'
import { ReleaseWorker } from '../release-worker.ts'
import { ReplicationLoop } from '../replication/replication-loop.ts'
import { RootLocks } from '../root-locks.ts'
import { Fleet } from '../testing/fleet.ts'
import { type PrivateUpload, startTestManager, type TestManager } from '../testing/test-manager.ts'
import { CopyingCommitter } from './copying-committer.ts'
import { HomeCopies } from './home-copies.ts'
import { NodeCopies } from './node-copies.ts'
import { carForNodes } from './node-root.ts'
import { OwnSpace } from './own-space.ts'
import { placeToLetGo } from './place-to-let-go.ts'

let test: TestManager
let fleet: Fleet
let loop: ReplicationLoop
let pool: PinBackend
const signal = new AbortController().signal
/** A machine may have much else to do. */
const PATIENT = { timeout: 30_000 }
const cleaning: (() => Promise<unknown>)[] = []

const start = async (nodes: { nodes: number; privateNodes: number }): Promise<void> => {
  test = await startTestManager()
  await setReplicationDefault(test.db, { min: 2, max: 3 })
  fleet = await Fleet.start(test, { db: test.db, ...nodes })
  loop = loopOn(fleet.backend)
  await loop.watch(signal)
  // What a pool of nodes is: the own store is none of it.
  pool = {
    ...fleet.backend,
    nodes: async (asked) => (await fleet.backend.nodes(asked)).filter(({ nodeId }) => nodeId !== test.nodeId),
  }
}
const loopOn = (backend: PinBackend): ReplicationLoop => {
  const settings = { downAfterMs: 0 }
  const made = new ReplicationLoop({ ...test.deps, backend, locks: new RootLocks(), settings })
  cleaning.push(() => made.stop())
  return made
}
beforeEach(() => start({ nodes: 1, privateNodes: 2 }))
afterEach(async () => {
  for (const clean of cleaning.splice(0)) await clean()
  // Nothing that is private was ever asked of who is public.
  const [open = ''] = fleet.nodesOf('public')
  expect(fleet.asked.filter(({ nodeId }) => nodeId === open)).toEqual([])
  await fleet.stop()
  await test.stop()
})

const upload = async (bytes = randomBytes(600_000)): Promise<PrivateUpload> => {
  const copies = new NodeCopies({ ...test.deps, backend: pool, locks: new RootLocks() })
  const { committer, store } = test
  const copying = new CopyingCommitter({ committer, copies, store, zonesOf: async () => [], ackCopies: 2 })
  const brought = await test.bringPrivate(bytes)
  try {
    await copying.commit(brought.item)
    return brought
  } finally {
    store.settle(brought.contentId)
    copies.stop()
  }
}
/** As before there were nodes for it. */
const older = async (): Promise<PrivateUpload> => {
  const brought = await test.bringPrivate(randomBytes(1_000))
  await test.committer.commit(brought.item)
  test.store.settle(brought.contentId)
  return brought
}
const holders = ({ contentId }: PrivateUpload) => fleet.others.filter((id) => fleet.store(id).hasRoot(contentId))
const rowOf = ({ contentId, item }: PrivateUpload) =>
  test.db.kysely
    .selectFrom('contents')
    .innerJoin('pins', 'pins.content_id', 'contents.id')
    .select(['state', 'confirmed', 'node_cid', 'dag_size', 'pins.status', 'let_go_at'])
    .where('contents.id', '=', contentId)
    .where('pins.id', '=', item.pin.id)
    .executeTakeFirst()
const isReadable = async (
  { open, root }: PrivateUpload,
  blocks: BlockSource = test.store.reader(PRIVATE_REALM),
): Promise<boolean> => (await (await open(blocks)).get(root)) !== undefined
const until = (isSo: () => unknown | Promise<unknown>, turned = loop) =>
  expect
    .poll(async () => {
      await turned.turn(signal)
      await turned.verify(signal)
      return isSo()
    }, PATIENT)
    .toBe(true)
/** What nodes were asked of, whatever for. */
const namesAsked = () => [...new Set(fleet.asked.map(({ cid }) => cid))]
/** The own store has lost it, and knows. */
const loseHere = async ({ contentId }: PrivateUpload): Promise<void> => {
  await test.store.release(contentId)
  await test.store.idle()
  const lost = { contentId, nodeId: test.nodeId, isLost: () => true, reason: 'lost' }
  await test.db.unitOfWork.run((uow) => loseReplica(uow, lost))
}

describe('an upload of a private file', () => {
  it('is acknowledged when private nodes have its ciphertext, which alone they have', async () => {
    const one = await upload()
    expect(holders(one)).toEqual(fleet.nodesOf('private'))
    const row = await rowOf(one)
    expect(row).toMatchObject({ state: 'held', confirmed: 3, status: 'pinned', dag_size: one.dagSize })
    for (const id of holders(one)) {
      expect(await isReadable(one, fromNodes(fleet.store(id).reader('public')))).toBe(true)
      expect(await fleet.store(id).reader('public').get(one.root)).toBeUndefined()
    }
    // A node has it by its name there, and says so.
    await loop.check(signal)
    await loop.turn(signal)
    expect(await rowOf(one)).toMatchObject({ confirmed: 3, status: 'pinned' })
    expect(namesAsked()).toEqual([row?.node_cid])
  })

  it('is refused while one of the nodes that have to confirm it does not, and nothing of it is kept', async () => {
    const [first = ''] = fleet.nodesOf('private')
    fleet.turn(first, false)
    await expect(upload()).rejects.toMatchObject({ code: 'unavailable' })
    expect(await test.db.kysely.selectFrom('contents').select('id').execute()).toEqual([])
    expect(await Array.fromAsync(test.store.roots({ realm: PRIVATE_REALM }))).toEqual([])
  })

  it('goes from all nodes with its pin', async () => {
    const one = await upload()
    const name = (await rowOf(one))?.node_cid
    await test.unpin([one.item.pin.id])
    const releases = new ReleaseWorker(test.deps)
    await releases.releaseNow([one.contentId], 1_000)
    await until(() => holders(one).length === 0)
    expect([test.store.hasRoot(one.contentId), namesAsked()]).toEqual([false, [name]])
    const { rows } = await test.db.pool.query('select from tombstones where released_at is null')
    expect(rows).toEqual([])
  })
})

it('without private nodes a private file stays in the own store, and no node hears of it', async () => {
  await fleet.stop()
  await test.stop()
  await start({ nodes: 2, privateNodes: 0 })
  const one = await upload()
  expect([holders(one), await rowOf(one)]).toMatchObject([
    [],
    { state: 'held', confirmed: 1, status: 'pinned', node_cid: null },
  ])
  await test.db.kysely.updateTable('contents').set({ copies_max: 3, place_after: null }).execute()
  await loop.turn(signal)
  await moveToNodes(test, 2).begin()
  expect(await moveToNodes(test, 2).figures()).toMatchObject({ contents: 0 })
  expect(await moveToNodes(test, 2).problems()).toEqual([expect.stringMatching(/^1 private contents stay/)])
  await loop.turn(signal)
  expect([holders(one), fleet.asked]).toEqual([[], []])
})

it('a pool of private nodes alone keeps public content as well, and makes good what it lost of it', async () => {
  await fleet.stop()
  await test.stop()
  await start({ nodes: 0, privateNodes: 2 })
  const one = await test.bring(randomBytes(500))
  await test.own(one)
  test.store.settle(one.contentId)
  await until(() => fleet.others.every((id) => fleet.store(id).hasRoot(one.contentId)))
  // Also where it is short of room, and there are as many copies as are wished for.
  const other = await test.bring(randomBytes(500))
  await test.own(other)
  test.store.settle(other.contentId)
  await test.db.kysely.updateTable('contents').set({ copies_min: 1, copies_max: 1 }).execute()
  expect(await placeToLetGo({ ...test.deps, backend: pool, leastCopies: 2 }, signal)).toBe(2)
})

it('goes to private nodes where the own store is short of room, also with as many copies as are wished for', async () => {
  const one = await older()
  await test.db.kysely.updateTable('contents').set({ copies_min: 1, copies_max: 1 }).execute()
  expect(await placeToLetGo({ ...test.deps, backend: pool, leastCopies: 2 }, signal)).toBe(2)
  await until(() => holders(one).length === 2)
  expect(holders(one)).toEqual(fleet.nodesOf('private'))
  expect(await placeToLetGo({ ...test.deps, backend: pool, leastCopies: 2 }, signal)).toBe(0)
})

describe('moving', () => {
  it('takes older private files to private nodes under a name that is found there, reads them back, and home again from nodes that are left', async () => {
    const some = [await older(), await older()]
    const move = moveToNodes(test, 3)
    await move.begin()
    expect(await move.figures()).toMatchObject({ contents: 2 })
    await until(async () => (await move.figures()).contents === 0)
    for (const one of some) {
      expect(holders(one)).toEqual(fleet.nodesOf('private'))
      expect(await rowOf(one)).toMatchObject({
        confirmed: 3,
        status: 'pinned',
        node_cid: expect.stringMatching(/^bafy/),
      })
    }
    const [away] = some as [PrivateUpload, PrivateUpload]
    await loseHere(away)
    await expect(isReadable(away)).rejects.toThrow()

    await leaveNodes(test, fleet.others)
    const home = moveHome(test, { oneCopy: true })
    await home.begin()
    const { nodeId, store } = test
    const own = test.deps.backend
    const joined = loopOn(joinedBackend({ own, ownNodeId: nodeId, others: pool }))
    await until(async () => {
      const { contents, leaving } = await home.figures()
      return contents === 0 && leaving === 0
    }, joined)
    for (const one of some) {
      expect([holders(one), store.hasRoot(one.contentId), await isReadable(one)]).toEqual([[], true, true])
      expect(await rowOf(one)).toMatchObject({ confirmed: 1, status: 'pinned', dag_size: one.dagSize })
    }
  })

  it('lets nodes go of nothing that the own store could not be given whole', async () => {
    const one = await upload(randomBytes(1_000))
    await loseHere(one)
    await leaveNodes(test, fleet.others)
    await moveHome(test, { oneCopy: true }).begin()
    const lying: PinBackend = {
      ...pool,
      blocks: (network, asked) => ({
        name: network,
        get: async (cid) => {
          const bytes = await pool.blocks(network, asked).get(cid)
          return bytes === undefined || bytes.length < 900 ? bytes : Buffer.from(bytes).fill(0, 10, 20)
        },
      }),
    }
    const joined = loopOn(joinedBackend({ own: test.deps.backend, ownNodeId: test.nodeId, others: lying }))
    for (let turn = 0; turn < 4; turn++) {
      await joined.turn(signal)
      await joined.verify(signal)
    }
    await expect
      .poll(async () => {
        await joined.turn(signal)
        return (await moveHome(test, { oneCopy: true }).figures()).problems
      }, PATIENT)
      .toBe(1)
    expect([holders(one).length, test.store.hasRoot(one.contentId)]).toEqual([2, false])
  })
})

describe('the own store', () => {
  it('gets a private file back from private nodes when it has lost it', async () => {
    const one = await upload()
    await loseHere(one)
    expect(await rowOf(one)).toMatchObject({ state: 'held', confirmed: 2 })
    await new HomeCopies({ ...test.deps, backend: pool, locks: new RootLocks() }).turn(signal)
    expect(await isReadable(one)).toBe(true)
    expect(await rowOf(one)).toMatchObject({ confirmed: 3, status: 'pinned', dag_size: one.dagSize })
  })

  it('lets a private file go when as many private nodes as have to say that they have it, and not before', async () => {
    const one = await upload()
    const only = await older()
    const misnamed = await upload()
    const [open = ''] = fleet.nodesOf('public')
    const rows = test.db.kysely.updateTable('replicas').set({ node_id: open })
    const [, second = ''] = fleet.nodesOf('private')
    await rows.where('content_id', '=', misnamed.contentId).where('node_id', '=', second).execute()
    const cache = new BlockCache({
      store: test.store,
      maxBytes: 0,
      hasRoom: async () => true,
      logger: silentLogger,
    })
    const space = new OwnSpace({
      ...test.deps,
      backend: pool,
      cache,
      leastCopies: 2,
      belowBytes: 1e12,
      bytesPerSecond: 1e9,
      freeSpace: async () => 0,
    })
    const [first = ''] = fleet.nodesOf('private')
    const root = { contentId: one.contentId, cid: parseCid((await rowOf(one))?.node_cid ?? ''), dagSize: null }
    fleet.turn(first, false)
    await space.turn(signal)
    expect(test.store.hasRoot(one.contentId)).toBe(true)
    fleet.turn(first, true)
    await space.turn(signal)
    expect([one, only, misnamed].map(({ contentId }) => test.store.hasRoot(contentId))).toEqual([false, true, true])
    expect(await rowOf(one)).toMatchObject({ state: 'held', confirmed: 2, let_go_at: expect.any(Date) })
    // What it lacks is read from there.
    const blocks = fromNodes(pool.blocks('private', holders(one)))
    expect((await (await one.open(blocks)).get(one.root)) === undefined).toBe(false)
    expect(await pool.verify(first, { ...root, network: 'private' }, signal)).toMatchObject({ blocks: one.blocks + 1 })
    await new HomeCopies({ ...test.deps, backend: pool, locks: new RootLocks() }).turn(signal)
    expect(test.store.hasRoot(one.contentId)).toBe(false)
  })
})

it('what a private node has under its name there has an owner: as a leftover goes only what no row owns', async () => {
  const one = await upload()
  const [node = ''] = holders(one)
  const leftover = await test.bring(randomBytes(100))
  test.store.settle(leftover.contentId)
  const root = { contentId: leftover.contentId, cid: parseCid(leftover.cid), network: 'public', dagSize: null } as const
  const source = carForNodes(test, { cid: leftover.cid, realm: 'public' })
  await pool.push(node, [{ root, source }], signal)
  const list: PinBackend['list'] = async function* (...asked) {
    for await (const page of pool.list(...asked)) yield page.map(({ cid }) => ({ cid, label: `hf:${test.nodeId}:1` }))
  }
  const deps = { ...test.deps, backend: { ...pool, list }, locks: new RootLocks() }
  expect(await collectNodeOrphans(deps, node, null, signal)).toMatchObject({ orphans: 1, released: 0 })
})

it('a damaged or missing block of a private node is found when it is read back, and made good', async () => {
  const one = await older()
  const move = moveToNodes(test, 2)
  await move.begin()
  await expect
    .poll(async () => {
      await loop.turn(signal)
      return (await rowOf(one))?.confirmed
    }, PATIENT)
    .toBe(3)
  const [first = ''] = fleet.nodesOf('private')
  await fleet.store(first).release(one.contentId)
  await loop.verify(signal)
  expect(await move.figures()).toMatchObject({ contents: 1, problems: 1 })
  await until(async () => (await move.figures()).contents === 0)
  expect(holders(one)).toHaveLength(2)
})
