import { randomBytes, randomUUID } from 'node:crypto'
import { nodeBlock, rawBlock, textBlock } from '@packages/content/block-store/test-dags'
import { carV1, inPieces } from '@packages/content/car/test-cars'
import { type KuboNode, startKuboNode } from '@packages/testkit/kubo-node'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { ensureKuboNodes } from '../kubo/ensure-kubo-nodes.ts'
import { KuboBackend } from '../kubo/kubo-backend.ts'
import { KuboRpc } from '../kubo/kubo-rpc.ts'
import type { PinBackend, WantedRoot } from '../pin-backend.ts'
import { watchNodes } from '../replication/node-watch.ts'
import { releaseReplicas } from '../replication/release-replicas.ts'
import { RootLocks } from '../root-locks.ts'
import { startTestManager, type TestManager } from '../testing/test-manager.ts'
import { collectNodeOrphans } from '../orphans/collect-node-orphans.ts'
import { collectDueGarbage } from './collect-garbage.ts'
import { gatedBackend } from './gated-backend.ts'
import { BrokenOff, NodeGate } from './node-gate.ts'

const MEBIBYTE = 1024 * 1024
const signal = AbortSignal.timeout(60_000)
let manager: TestManager
let kubo: KuboNode
let rpc: KuboRpc
let raw: KuboBackend
let backend: PinBackend
let nodeId: string

beforeAll(async () => {
  manager = await startTestManager()
  const token = randomUUID()
  kubo = await startKuboNode({ routing: 'none', token })
  rpc = new KuboRpc({ url: kubo.api, token })
  const given = { name: 'kubo', url: kubo.api, token, zone: '', network: 'public' } as const
  const { named: nodes } = await ensureKuboNodes(manager.db, [given])
  nodeId = nodes[0]?.nodeId ?? ''
  raw = new KuboBackend({ install: manager.nodeId, nodes, dialPrivate: true })
  backend = gatedBackend(raw, new NodeGate({ db: manager.db, settings: { patienceMs: 200 } }))
  await watch()
})
afterAll(async () => {
  raw?.stop()
  rpc?.stop()
  await kubo?.[Symbol.asyncDispose]()
  await manager?.stop()
})

const deps = () => ({ ...manager.deps, backend, downAfterMs: 0 })
const watch = () => watchNodes(deps(), signal)
const usedBytes = async (): Promise<number> =>
  ((await rpc.json('repo/stat', { options: { 'size-only': true }, timeoutMs: 5_000 })) as { RepoSize: number }).RepoSize
const facts = () => manager.db.kysely.selectFrom('nodes').selectAll().where('id', '=', nodeId).executeTakeFirstOrThrow()

/** A copy of that many MiB on the node, as it stands after an upload. */
const copied = async (mebibytes: number): Promise<{ root: WantedRoot; pinId: string }> => {
  const upload = await manager.bring(randomBytes(1_000))
  const { pin } = await manager.own(upload)
  const leaves = Array.from({ length: mebibytes }, () => rawBlock(randomBytes(MEBIBYTE)))
  const dag = nodeBlock(leaves.map(({ cid }) => cid))
  const root = { contentId: upload.contentId, cid: dag.cid, network: 'public' as const, dagSize: null }
  const open = () => inPieces(carV1([dag.cid], [...leaves, dag]))
  const [word] = await backend.push(nodeId, [{ root, source: { kind: 'car', open } }], signal)
  expect(word).toMatchObject({ blocks: mebibytes + 1 })
  const size = { cid: dag.cid.toString(), dag_size: mebibytes * MEBIBYTE }
  await manager.db.kysely.updateTable('contents').set(size).where('id', '=', upload.contentId).execute()
  await sql`
    update usage set stored_bytes = stored_bytes + ${size.dag_size - upload.dagSize} where organization_id = ${manager.organizationId}
  `.execute(manager.db.kysely)
  const copy = { content_id: upload.contentId, node_id: nodeId, status: 'pinned' as const }
  await manager.db.kysely.insertInto('replicas').values(copy).execute()
  return { root, pinId: pin.id }
}
const releaseOf = async (pinId: string): Promise<void> => {
  await manager.unpin([pinId])
  const release = { ...deps(), ownNodeId: manager.nodeId, locks: new RootLocks() }
  await expect.poll(() => releaseReplicas(release, signal)).toBe(1)
}

it('gives the space of the last pin back to the node, leaves what is pinned, and then has nothing to do', async () => {
  const [gone, kept] = [await copied(12), await copied(2)]
  const full = await usedBytes()
  await releaseOf(gone.pinId)
  expect(await facts()).toMatchObject({ released_bytes: 12 * MEBIBYTE })
  expect(await usedBytes()).toBeGreaterThan(full - MEBIBYTE)
  // Little, and just now: not due yet.
  expect([...(await collectDueGarbage(deps(), signal))]).toEqual([])
  await sql`update nodes set released_since = now() - interval '10 minutes' where id = ${nodeId}`.execute(
    manager.db.kysely,
  )
  const freed = (await collectDueGarbage(deps(), signal)).get(nodeId) ?? 0
  expect(freed).toBeGreaterThan(11 * MEBIBYTE)
  expect(await usedBytes()).toBeLessThan(full - 11 * MEBIBYTE)
  expect(await backend.replicas(nodeId, [kept.root], signal)).toMatchObject([{ state: 'pinned' }])
  const source = backend.blocks('public', [nodeId])
  expect(await source.get(kept.root.cid)).toBeDefined()
  expect(await facts()).toMatchObject({ released_bytes: 0, released_since: null, gc_until: null })
  expect((await facts()).gc_at).not.toBeNull()
  expect([...(await collectDueGarbage(deps(), signal))]).toEqual([])
})

it('never stands behind a pin that does not end: neither it nor other pins wait, and it is tried again later', async () => {
  const { pinId } = await copied(1)
  await releaseOf(pinId)
  await sql`update nodes set released_since = now() - interval '10 minutes' where id = ${nodeId}`.execute(
    manager.db.kysely,
  )
  // A child that nobody has: this pin holds Kubo's lock until it is given up.
  const stuck = nodeBlock([textBlock(`nowhere ${randomUUID()}`).cid])
  const files = [inPieces(carV1([stuck.cid], [stuck]))]
  for await (const _ of rpc.lines('dag/import', { files, options: { 'pin-roots': false }, timeoutMs: 10_000 }));
  const operator = new AbortController()
  const pin = { args: [stuck.cid.toString()], timeoutMs: 60_000, signal: operator.signal }
  const standing = rpc.json('pin/add', pin).catch(() => 'given up')
  await expect.poll(() => commands()).toContain('pin/add')
  const begun = performance.now()
  expect([...(await collectDueGarbage(deps(), signal))]).toEqual([])
  await copied(1)
  expect(performance.now() - begun).toBeLessThan(5_000)
  expect((await facts()).gc_after).not.toBeNull()
  operator.abort()
  expect(await standing).toBe('given up')
  await expect.poll(() => commands()).not.toContain('pin/add')
  await manager.db.kysely.updateTable('nodes').set({ gc_after: null }).where('id', '=', nodeId).execute()
  expect((await collectDueGarbage(deps(), signal)).get(nodeId)).toBeGreaterThan(MEBIBYTE / 2)
})

const commands = async (): Promise<string[]> => {
  const all = (await rpc.json('diag/cmds', { timeoutMs: 5_000 })) as { Command: string; Active: boolean }[]
  return all.filter(({ Active }) => Active).map(({ Command }) => Command)
}

it('collects nothing while something is pushed: what came and is not pinned yet would be garbage', async () => {
  const { pinId } = await copied(1)
  await releaseOf(pinId)
  await sql`update nodes set released_since = now() - interval '10 minutes' where id = ${nodeId}`.execute(
    manager.db.kysely,
  )
  const leaf = rawBlock(randomBytes(MEBIBYTE))
  const dag = nodeBlock([leaf.cid])
  const { promise: sent, resolve: send } = Promise.withResolvers<void>()
  const { promise: asked, resolve: ask } = Promise.withResolvers<void>()
  const open = async function* () {
    yield* inPieces(carV1([dag.cid], [leaf]))
    ask()
    await sent
    yield* inPieces(carV1([dag.cid], [leaf, dag]).subarray(carV1([dag.cid], [leaf]).length))
  }
  const root = { contentId: randomUUID(), cid: dag.cid, network: 'public' as const, dagSize: null }
  const pushing = backend.push(nodeId, [{ root, source: { kind: 'car', open } }], signal)
  await asked
  expect([...(await collectDueGarbage(deps(), signal))]).toEqual([])
  send()
  expect(await pushing).toMatchObject([{ blocks: 2 }])
  expect(await backend.replicas(nodeId, [root], signal)).toMatchObject([{ state: 'pinned' }])
})

it('breaks off a search for what nobody has', async () => {
  const { pinId } = await copied(1)
  await releaseOf(pinId)
  await sql`update nodes set released_since = now() - interval '10 minutes', gc_after = null where id = ${nodeId}`.execute(
    manager.db.kysely,
  )
  // As if this were the only process: the lease of the gate above would last for some seconds.
  await manager.db.kysely.deleteFrom('node_work').execute()
  const gate = new NodeGate({ db: manager.db, settings: { firstBlockMs: 500, patienceMs: 10_000 } })
  const gated = gatedBackend(raw, gate)
  const nowhere = textBlock(`nowhere ${randomUUID()}`)
  const root: WantedRoot = { contentId: randomUUID(), cid: nowhere.cid, network: 'public', dagSize: null }
  const limits = { maxMs: 60_000, stallMs: 60_000, maxBytes: 1e9, maxBlocks: 1e6, maxDepth: 1e3 }
  const searching = gated.ensure(nodeId, root, { kind: 'network', origins: [] }, { limits, signal })
  searching.catch(() => undefined)
  await expect.poll(() => commands()).toContain('pin/add')
  const begun = performance.now()
  const freed = await collectDueGarbage({ ...deps(), backend: gated }, signal)
  expect(freed.get(nodeId)).toBeGreaterThan(MEBIBYTE / 2)
  expect(performance.now() - begun).toBeLessThan(8_000)
  await expect(searching).rejects.toBeInstanceOf(BrokenOff)
})

const pinned = async (pin: (file: Uint8Array, root: WantedRoot) => Promise<unknown>): Promise<WantedRoot> => {
  const block = rawBlock(randomBytes(100))
  const root: WantedRoot = { contentId: randomUUID(), cid: block.cid, network: 'public', dagSize: null }
  await pin(carV1([block.cid], [block]), root)
  return root
}

const ours = () =>
  pinned((file, root) => backend.push(nodeId, [{ root, source: { kind: 'car', open: () => inPieces(file) } }], signal))
const namedBy = (name: string) =>
  pinned(async (file, root) => {
    const files = [inPieces(file)]
    for await (const _ of rpc.lines('dag/import', { files, options: { 'pin-roots': false }, timeoutMs: 10_000 }));
    await rpc.json('pin/add', { args: [root.cid.toString()], options: { name }, timeoutMs: 10_000 })
  })

it('lets go what carries our label and nobody owns, after seven days by two clocks, and nothing else', async () => {
  const { root: owned } = await copied(1)
  const before = await backend.replicas(nodeId, [owned], signal)
  const [orphan, taken] = [await ours(), await ours()]
  const foreign = [await namedBy(''), await namedBy('by hand'), await namedBy(`hf:${randomUUID()}:1`)]
  const locks = new RootLocks()
  const run = (elapsedMs: number | null) => collectNodeOrphans({ ...deps(), locks }, nodeId, elapsedMs, signal)
  const WEEK_MS = 7 * 24 * 60 * 60_000
  const known = (await run(null)).orphans
  expect(known).toBeGreaterThanOrEqual(2)
  const has = async (root: WantedRoot) => (await backend.replicas(nodeId, [root], signal))[0]?.state
  // One clock alone says nothing.
  expect(await run(WEEK_MS - 1)).toMatchObject({ released: 0 })
  expect(await run(WEEK_MS)).toMatchObject({ released: 0 })
  await sql`update node_tombstones set due_at = now(), waited_ms = 0`.execute(manager.db.kysely)
  expect(await run(1_000)).toMatchObject({ released: 0, isHalted: false })
  expect(await has(orphan)).toBe('pinned')
  // One of them gets an owner before its time is over.
  const upload = await manager.bring(randomBytes(500))
  await manager.own(upload)
  const cid = taken.cid.toString()
  await manager.db.kysely.updateTable('contents').set({ cid }).where('id', '=', upload.contentId).execute()
  const copy = { content_id: upload.contentId, node_id: nodeId, status: 'pinned' as const }
  await manager.db.kysely.insertInto('replicas').values(copy).execute()
  manager.gate.open = false
  expect(await run(WEEK_MS)).toMatchObject({ released: 0 })
  manager.gate.open = true
  expect(await run(0)).toMatchObject({ orphans: known - 1, released: known - 1 })
  expect(await has(orphan)).toBe('absent')
  for (const root of [taken, ...foreign]) expect(await has(root)).toBe('pinned')
  expect(await backend.replicas(nodeId, [owned], signal)).toEqual(before)
  expect(await run(0)).toMatchObject({ orphans: 0, released: 0 })
  expect(await manager.db.kysely.selectFrom('node_tombstones').selectAll().execute()).toEqual([])
})
