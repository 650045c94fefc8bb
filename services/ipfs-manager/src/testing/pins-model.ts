import { randomBytes } from 'node:crypto'
import { rawBlock } from '@packages/content/car/test-cars'
import { insertPins } from '@packages/db/pins/insert-pin'
import { PUT_OFF_FROM } from '@packages/db/pins/put-off'
import { removePins } from '@packages/db/remove-pins'
import { seedOrganization } from '@packages/db/test-database/seed'
import { wantRoot } from '@packages/db/test-database/want-root'
import { parseCid } from '@packages/shared/cid'
import * as fc from 'fast-check'
import { sql } from 'kysely'
import { expect } from 'vitest'
import type { PinBackend } from '../pin-backend.ts'
import { PinLoop } from '../pin-loop.ts'
import { ReleaseWorker } from '../release-worker.ts'
import { recallCopies } from '../replication/recall-copies.ts'
import { ReplicationLoop } from '../replication/replication-loop.ts'
import { RootLocks } from '../root-locks.ts'
import { anyStep, SIZES, type Step, TENANTS } from './pins-steps.ts'
import type { TestManager } from './test-manager.ts'

/*
 * Tenants pin and unpin the same roots, by CID alone and among many, and by upload, while nodes fall silent, come back and lose copies, and while the manager dies and starts
 * again; while nodes are drained and taken back, and more or fewer copies are wished for. Whatever happened: no status says more than nodes have, whoever keeps a pin can read it, and what nobody pins is nowhere.
 */

/** Nodes besides the own store, of any kind. */
type ModelNodes = {
  backend: PinBackend
  /** Their ids. */
  others: readonly string[]
  /** A node that is not up answers nobody. */
  turn(nodeId: string, isUp: boolean): void
  /** It loses a copy, and nobody tells. */
  lose(nodeId: string, cid: string): Promise<void>
  /** As the node itself says. */
  holds(nodeId: string, cid: string): Promise<boolean>
  /** Makes a file that nodes can fetch from somebody else. @returns its CID */
  bring(bytes: Buffer): Promise<string>
}

type ModelOptions = {
  manager: TestManager
  nodes: ModelNodes
  /** At least as many are done. */
  operations: number
  seed: number
  /** How long it may take until all is well, once nothing is in the way. */
  calmMs: number
}

/** Of one run; then all is left to calm down and looked at. */
const STEPS = 60

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
  'a wanted content that is in nobody’s queue and on nobody’s way there': sql`
    select c.id from contents c join pins p on p.content_id = c.id where c.state = 'wanted' and not exists (
      select from fetch_queue q where q.content_id = c.id and q.organization_id = p.organization_id)
    and not exists (
      select from fetch_arrivals a where a.organization_id = p.organization_id and c.id = any(a.content_ids))`,
}
const signal = new AbortController().signal
const limits = { maxMs: 10_000, stallMs: 10_000, maxBytes: 1e9, maxBlocks: 1e6, maxDepth: 1_000 }

/** @returns how many operations were done */
export const runPinsModel = async (options: ModelOptions): Promise<number> => {
  const { operations, seed, nodes } = options
  let done = 0
  for (let run = 0; done < operations; run++) {
    const length = Math.min(STEPS, operations - done)
    const steps = fc.array(anyStep(nodes.others.length), { minLength: length, maxLength: length, size: 'max' })
    await fc.assert(
      fc.asyncProperty(steps, (drawn) => oneRun(options, drawn)),
      { seed: seed + run, numRuns: 1, endOnFailure: true },
    )
    done += length
  }
  return done
}

/** As a chunk of a bulk request, whose other pins are gone at once: what it waits for is put off. @returns the pin's id */
const wantAmongMany = async (
  { db, nodeId }: TestManager,
  tenant: { organizationId: string; userId: string },
  { cid, min }: { cid: string; min: number },
): Promise<string> => {
  const others = Array.from({ length: PUT_OFF_FROM }, () => rawBlock(randomBytes(32).toString('hex')).cid.toString())
  const more = { ...tenant, realm: 'public', name: null, meta: {}, adopted: undefined, nodeId, replication: { min } }
  const { result } = await db.unitOfWork.run(async (uow) => {
    const made = await insertPins(
      uow,
      [cid, ...others].map((one) => ({ ...more, cid: one, canonical: one })),
    )
    const [pinId = '', ...pinIds] = made.map((pin) => ('id' in pin ? pin.id : expect.fail()))
    await removePins(uow, { organizationId: tenant.organizationId, pinIds, actorId: null })
    return pinId
  })
  return result
}

const oneRun = async ({ manager, nodes, calmMs }: ModelOptions, steps: readonly Step[]): Promise<void> => {
  const { db } = manager
  const { backend, others } = nodes
  const tenants = await Promise.all(Array.from({ length: TENANTS }, () => seedOrganization(db)))
  const contents = SIZES.map((size) => randomBytes(size))
  const cids = await Promise.all(contents.map((bytes) => nodes.bring(bytes)))
  const pins = new Map<string, string[]>()
  const pinsOf = (tenant: number, root: number): string[] => pins.get(`${tenant} ${root}`) ?? []
  const startLoops = async () => {
    const deps = { ...manager.deps, backend, locks: new RootLocks() }
    const started = {
      pins: new PinLoop({ ...deps, settings: { pollMs: 20 } }),
      replication: new ReplicationLoop({ ...deps, settings: { downAfterMs: 0, limits } }),
    }
    await started.pins.start()
    return started
  }
  let loops = await startLoops()
  const unpin = async (tenant: number, root: number): Promise<void> => {
    const { organizationId } = tenants[tenant] ?? expect.fail()
    await db.unitOfWork.run((uow) => removePins(uow, { organizationId, pinIds: pinsOf(tenant, root), actorId: null }))
    pins.delete(`${tenant} ${root}`)
  }
  const stopLoops = async () => {
    await loops.pins.stop()
    await loops.replication.stop()
  }
  const noLies = async () => {
    for (const [lie, query] of Object.entries(LIES)) expect((await query.execute(db.kysely)).rows, lie).toEqual([])
  }
  const intend = (nodeId: string, intent: 'active' | 'draining') =>
    db.kysely.transaction().execute(async (tx) => {
      await tx.updateTable('nodes').set({ intent }).where('id', '=', nodeId).execute()
      if (intent === 'active') await recallCopies(tx, { nodeId })
    })
  const turn = async () => {
    await new ReleaseWorker(manager.deps).sweep()
    await loops.replication.turn(signal)
  }
  await loops.replication.watch(signal)

  let copies = 2
  const wish = () =>
    sql`
      with wished as (update pins set replication_max = ${copies})
      update contents set copies_max = ${copies} where state <> 'released'
    `.execute(db.kysely)
  const perform = async (one: Step): Promise<void> => {
    const node = 'node' in one ? (others[one.node] ?? expect.fail()) : ''
    switch (one.verb) {
      case 'want':
      case 'want many': {
        const [tenant, cid] = [tenants[one.tenant] ?? expect.fail(), cids[one.root] ?? '']
        const pinId =
          one.verb === 'want'
            ? (await wantRoot(db, { ...tenant, cid, replicationMin: one.min })).pinId
            : await wantAmongMany(manager, tenant, { cid, min: one.min })
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
      case 'unpin':
        return unpin(one.tenant, one.root)
      case 'down':
      case 'up':
        nodes.turn(node, one.verb === 'up')
        return loops.replication.watch(signal)
      case 'lose':
        return nodes.lose(node, cids[one.root] ?? '')
      case 'drain':
        return intend(node, 'draining')
      case 'take back':
        return intend(node, 'active')
      case 'wish':
        copies = one.copies
        return
      case 'turn':
        return turn()
      case 'check':
        return loops.replication.check(signal)
      case 'crash':
        await stopLoops()
        loops = await startLoops()
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
  for (const node of others) {
    nodes.turn(node, true)
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
      -- One that is being made is there before it counts; if it is one too many, it goes after that. One without a time would never be tried again.
      union all select content_id from replicas
        where status = 'pinning' or (status in ('assigned', 'lost', 'error') and coalesce(next_try_at, now()) <= now())
    `.execute(db.kysely)
    return rows.length
  }
  await expect.poll(unfinished, { timeout: calmMs, interval: 10 }).toBe(0)
  await noLies()
  const kept = new Set([...pins.keys()].map((key) => Number(key.split(' ')[1])))
  for (const [root, cid] of cids.entries()) {
    const isHeld = (await manager.store.reader('public').get(parseCid(cid))) !== undefined
    const words = await Promise.all(others.map((node) => nodes.holds(node, cid)))
    const holders = [isHeld, ...words].filter(Boolean).length
    expect(holders, `copies of root ${root}`).toBe(kept.has(root) ? 2 : 0)
  }
  for (const [key, ids] of pins) {
    const rows = await db.kysely.selectFrom('pins').select('status').where('id', 'in', ids).execute()
    expect(rows, key).toEqual(ids.map(() => ({ status: 'pinned' })))
  }
  await stopLoops()
  // It goes while the next run is on its way.
  for (const key of Array.from(pins.keys())) {
    const [tenant = 0, root = 0] = key.split(' ').map(Number)
    await unpin(tenant, root)
  }
}
