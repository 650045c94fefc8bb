import { randomBytes } from 'node:crypto'
import { removePins } from '@packages/db/remove-pins'
import { seedOrganization } from '@packages/db/test-database/seed'
import { wantRoot } from '@packages/db/test-database/want-root'
import { parseCid } from '@packages/shared/cid'
import * as fc from 'fast-check'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { PinLoop } from './pin-loop.ts'
import type { PinBackend } from './pin-backend.ts'
import { ReleaseWorker } from './release-worker.ts'
import { recallCopies } from './replication/recall-copies.ts'
import { ReplicationLoop } from './replication/replication-loop.ts'
import { RootLocks } from './root-locks.ts'
import { Fleet } from './testing/fleet.ts'
import { type Peer, startPeer } from './testing/peer.ts'
import { startTestManager, type TestManager } from './testing/test-manager.ts'

/*
 * Tenants pin and unpin the same roots, by CID and by upload, while nodes fall silent, come back and lose copies, and while the manager dies and starts
 * again; while nodes are drained and taken back, and more or fewer copies are wished for. Whatever happened: no status says more than nodes have, whoever keeps a pin can read it, and what nobody pins is nowhere.
 */
type Step =
  | { verb: 'want' | 'upload' | 'unpin'; tenant: number; root: number }
  | { verb: 'down' | 'up' | 'lose'; node: number; root: number }
  | { verb: 'drain' | 'take back'; node: number }
  | { verb: 'wish'; copies: number }
  | { verb: 'turn' | 'check' | 'crash' }

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      verb: fc.constantFrom('want' as const, 'upload' as const),
      tenant: fc.nat(2),
      root: fc.nat(2),
    }),
  },
  { weight: 4, arbitrary: fc.record({ verb: fc.constant('unpin' as const), tenant: fc.nat(2), root: fc.nat(2) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      verb: fc.constantFrom('down' as const, 'up' as const, 'lose' as const),
      node: fc.nat(2),
      root: fc.nat(2),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ verb: fc.constantFrom('drain' as const, 'take back' as const), node: fc.nat(2) }),
  },
  { weight: 1, arbitrary: fc.record({ verb: fc.constant('wish' as const), copies: fc.integer({ min: 1, max: 4 }) }) },
  {
    weight: 5,
    arbitrary: fc.record({
      verb: fc.constantFrom('turn' as const, 'turn' as const, 'check' as const, 'crash' as const),
    }),
  },
)

const signal = new AbortController().signal
const limits = { maxMs: 10_000, stallMs: 10_000, maxBytes: 1e9, maxBlocks: 1e6, maxDepth: 1_000 }
let manager: TestManager
let peer: Peer
let fleet: Fleet
let backend: PinBackend
let loops: { pins: PinLoop; replication: ReplicationLoop }

const startLoops = async () => {
  const deps = { ...manager.deps, backend, locks: new RootLocks() }
  loops = {
    pins: new PinLoop({ ...deps, settings: { pollMs: 20 } }),
    replication: new ReplicationLoop({ ...deps, settings: { downAfterMs: 0, limits } }),
  }
  await loops.pins.start()
}
const stopLoops = async () => {
  await loops.pins.stop()
  await loops.replication.stop()
}

beforeAll(async () => {
  manager = await startTestManager()
  peer = await startPeer(manager.store)
  fleet = await Fleet.start(manager, { db: manager.db, nodes: 3, fetchInto: peer.fetchInto })
  backend = fleet.backend
})
afterAll(async () => {
  await fleet.stop()
  await peer.stop()
  await manager.stop()
})

/** Each is a lie; none may have a row, whenever it is asked. */
const LIES: Record<string, ReturnType<typeof sql>> = {
  'pinned with fewer confirmed copies than its minimum': sql`
    select p.id from pins p join contents c on c.id = p.content_id
    where p.status = 'pinned' and (c.state <> 'held' or c.confirmed < p.replication_min)`,
  'pinned to the Pinning Service API with no copy at all': sql`
    select p.id from pins p join contents c on c.id = p.content_id where p.psa_status = 'pinned' and c.confirmed = 0`,
  'a count of copies that nobody has confirmed': sql`
    select id from contents c where state <> 'released' and confirmed <> (
      select count(*) from replicas r where r.content_id = c.id and r.status = 'pinned')`,
  'a usage that is not the sum of distinct held roots': sql`
    select u.organization_id from usage u
    left join lateral (
      select coalesce(sum(c.dag_size), 0) as bytes, count(*) as roots from contents c
      where c.state = 'held' and exists (
        select from pins p where p.content_id = c.id and p.organization_id = u.organization_id)
    ) held on true
    where (u.stored_bytes, u.roots) <> (held.bytes, held.roots)`,
  'a wanted content that is in nobody’s queue': sql`
    select c.id from contents c join pins p on p.content_id = c.id where c.state = 'wanted' and not exists (
      select from fetch_queue q where q.content_id = c.id and q.organization_id = p.organization_id)`,
}
const noLies = async () => {
  for (const [lie, query] of Object.entries(LIES))
    expect((await query.execute(manager.db.kysely)).rows, lie).toEqual([])
}
const intend = (nodeId: string, intent: 'active' | 'draining') =>
  manager.db.kysely.transaction().execute(async (tx) => {
    await tx.updateTable('nodes').set({ intent }).where('id', '=', nodeId).execute()
    if (intent === 'active') await recallCopies(tx, { nodeId })
  })
const turn = async () => {
  await new ReleaseWorker(manager.deps).sweep()
  await loops.replication.turn(signal)
}

test('tenants × pins × nodes: nothing is told that is not so, nothing kept is lost, nothing given up stays', async () => {
  const { db } = manager
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 30 }), async (steps) => {
      const tenants = await Promise.all([seedOrganization(db), seedOrganization(db), seedOrganization(db)])
      const contents = [1_000, 2_000, 1_100_000].map((size) => randomBytes(size))
      const cids = await Promise.all(contents.map((bytes) => peer.bring(bytes)))
      const pins = new Map<string, string[]>()
      const pinsOf = (tenant: number, root: number) => pins.get(`${tenant} ${root}`) ?? []
      await startLoops()
      await loops.replication.watch(signal)

      let copies = 2
      const wish = () => sql`update contents set copies_max = ${copies} where state <> 'released'`.execute(db.kysely)
      const perform = async (one: Step): Promise<void> => {
        switch (one.verb) {
          case 'want': {
            const { pinId } = await wantRoot(db, {
              ...(tenants[one.tenant] ?? expect.fail()),
              cid: cids[one.root] ?? '',
            })
            pins.set(`${one.tenant} ${one.root}`, [...pinsOf(one.tenant, one.root), pinId])
            return
          }
          case 'upload': {
            const upload = await manager.bring(contents[one.root] ?? expect.fail())
            const { pin } = await manager.own(upload, tenants[one.tenant])
            manager.store.settle(upload.contentId)
            pins.set(`${one.tenant} ${one.root}`, [...pinsOf(one.tenant, one.root), pin.id])
            return
          }
          case 'unpin': {
            const { organizationId } = tenants[one.tenant] ?? expect.fail()
            const pinIds = pinsOf(one.tenant, one.root)
            await db.unitOfWork.run((uow) => removePins(uow, { organizationId, pinIds, actorId: null }))
            pins.delete(`${one.tenant} ${one.root}`)
            return
          }
          case 'down':
          case 'up':
            fleet.turn(fleet.others[one.node] ?? '', one.verb === 'up')
            return loops.replication.watch(signal)
          case 'lose': {
            const node = fleet.others[one.node] ?? ''
            for await (const { cid, contentId } of fleet.store(node).roots())
              if (cid.toString() === cids[one.root]) await fleet.store(node).release(contentId)
            return
          }
          case 'drain':
            return intend(fleet.others[one.node] ?? '', 'draining')
          case 'take back':
            return intend(fleet.others[one.node] ?? '', 'active')
          case 'wish':
            copies = one.copies
            return
          case 'turn':
            return turn()
          case 'check':
            return loops.replication.check(signal)
          case 'crash':
            await stopLoops()
            return startLoops()
        }
      }

      for (const one of steps) {
        await perform(one)
        await wish()
        await noLies()
      }

      // Calm: all nodes are up, everything has its turn.
      copies = 2
      await wish()
      for (const node of fleet.others) {
        fleet.turn(node, true)
        await intend(node, 'active')
      }
      await loops.replication.watch(signal)
      await loops.replication.check(signal)
      await sql`update contents set place_after = null`.execute(db.kysely)
      await sql`update fetch_queue set due_at = now() where isfinite(due_at)`.execute(db.kysely)
      await sql`update replicas set next_try_at = now() where next_try_at is not null`.execute(db.kysely)
      const unfinished = async () => {
        await turn()
        await loops.replication.check(signal)
        const { rows } = await sql`
          select c.id from contents c where c.state = 'wanted' or (c.state = 'held' and c.confirmed <> 2)
          union all select content_id from tombstones where released_at is null
          union all select content_id from node_tombstones
        `.execute(db.kysely)
        return rows.length
      }
      await expect.poll(unfinished, { timeout: 20_000, interval: 10 }).toBe(0)
      await noLies()
      const kept = new Set([...pins.keys()].map((key) => Number(key.split(' ')[1])))
      for (const [root, cid] of cids.entries()) {
        const holders = []
        for (const { store } of fleet.members.values())
          if ((await store.reader('public').get(parseCid(cid))) !== undefined) holders.push(store)
        expect(holders.length, `copies of root ${root}`).toBe(kept.has(root) ? 2 : 0)
      }
      for (const [key, ids] of pins) {
        const rows = await db.kysely.selectFrom('pins').select('status').where('id', 'in', ids).execute()
        expect(rows, key).toEqual(ids.map(() => ({ status: 'pinned' })))
      }
      await stopLoops()
    }),
    { numRuns: Number(process.env.MODEL_RUNS ?? 8), endOnFailure: true },
  )
}, 600_000)
