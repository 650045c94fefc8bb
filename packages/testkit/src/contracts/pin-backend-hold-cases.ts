import assert from 'node:assert/strict'
import { randomBytes, randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { joinDags, leafDag, nodeBlock, rawBlock, type TestDag } from '@packages/content/block-store/test-dags'
import type { ListedPin, RootSource } from '@services/ipfs-manager/pin-backend'
import type { ContractCase } from './contract-case.ts'
import {
  carOf,
  freshDag,
  LIMITS,
  nowhere,
  type PinBackendHarness,
  signal,
  sizesOf,
  wanted,
} from './pin-backend-harness.ts'

const MEBIBYTE = 1024 * 1024
const options = () => ({ limits: LIMITS, signal: signal() })
const release = { keep: null as string | null }

const largeDag = (mebibytes: number): TestDag => {
  const leaves = Array.from({ length: mebibytes }, () => rawBlock(randomBytes(MEBIBYTE)))
  const root = nodeBlock(leaves.map(({ cid }) => cid))
  return { root: root.cid, blocks: [...leaves, root] }
}

const stateOf = async ({ backend }: PinBackendHarness, node: string, root: ReturnType<typeof wanted>) =>
  (await backend.replicas(node, [root], signal()))[0]

/** What is kept, given back, listed, and told of nodes that are not well. */
export const holdCases: readonly ContractCase<PinBackendHarness>[] = [
  {
    name: 'keeps what it answered for, when the node is killed right then',
    async run(harness) {
      const { backend, spare } = harness
      const dag = freshDag(200)
      const root = wanted(dag.root)
      await backend.ensure(spare.nodeId, root, carOf(dag), options())
      await spare.kill()
      assert.equal((await stateOf(harness, spare.nodeId, root))?.state, 'unknown')
      await spare.start()
      assert.equal((await stateOf(harness, spare.nodeId, root))?.state, 'pinned')
      const source = backend.blocks('public', [spare.nodeId])
      for (const { cid, bytes } of dag.blocks)
        assert.deepEqual(Buffer.from((await source.get(cid)) ?? []), Buffer.from(bytes))
    },
  },
  {
    name: 'keeps a pin while a block below it is damaged or lost, whatever is asked of it, and brings back what is lost',
    async run(harness) {
      const { backend, spare, nodeIds } = harness
      const dag = freshDag(30)
      const root = wanted(dag.root)
      const [damaged, lost] = dag.blocks
      assert.ok(damaged && lost)
      const isPinned = async (): Promise<void> =>
        assert.equal((await stateOf(harness, spare.nodeId, root))?.state, 'pinned')
      const ask = (source: RootSource) =>
        backend
          .ensure(spare.nodeId, root, source, { limits: { ...LIMITS, maxMs: 1_000, stallMs: 500 }, signal: signal() })
          .catch(() => {})
      await backend.ensure(spare.nodeId, root, carOf(dag), options())
      await spare.lose(lost.cid)
      await ask({ kind: 'network', origins: [] })
      await isPinned()
      const asked = ask({ kind: 'network', origins: [] })
      await sleep(100)
      await spare.kill()
      await asked
      await spare.start()
      await isPinned()
      const whole = { isForeign: false, ...sizesOf(dag) }
      assert.deepEqual(await backend.ensure(spare.nodeId, root, carOf(dag), options()), whole)
      const source = backend.blocks('public', [spare.nodeId])
      assert.deepEqual(Buffer.from((await source.get(lost.cid)) ?? []), Buffer.from(lost.bytes))
      // Also where another node alone has it.
      const [holder] = nodeIds
      await backend.ensure(holder, root, carOf(dag), options())
      await spare.lose(lost.cid)
      await spare.kill()
      await spare.start()
      assert.deepEqual(await backend.ensure(spare.nodeId, root, { kind: 'nodes', holders: [holder] }, options()), whole)
      assert.deepEqual(Buffer.from((await source.get(lost.cid)) ?? []), Buffer.from(lost.bytes))
      await spare.damage(damaged.cid)
      for (const source of [carOf(dag), { kind: 'network' as const, origins: [] }]) await ask(source)
      await isPinned()
    },
  },
  {
    name: 'never hands out a block that is damaged',
    async run({ backend, spare }) {
      const dag = freshDag(3)
      const [leaf, other] = dag.blocks
      assert.ok(leaf && other)
      await backend.ensure(spare.nodeId, wanted(dag.root), carOf(dag), options())
      await spare.damage(leaf.cid)
      const source = backend.blocks('public', [spare.nodeId])
      assert.deepEqual(Buffer.from((await source.get(other.cid)) ?? []), Buffer.from(other.bytes))
      assert.equal(await source.get(leaf.cid).catch(() => undefined), undefined)
      assert.equal(await source.get(nowhere().cid), undefined)
    },
  },
  {
    name: 'releases, twice as well, and what was never there; another root keeps what both share',
    async run(harness) {
      const {
        backend,
        nodeIds: [node],
        namesOf,
      } = harness
      const shared = freshDag(20)
      const [one, other] = [joinDags([shared], randomUUID()), joinDags([shared], randomUUID())]
      const [first, second] = [wanted(one.root), wanted(other.root)]
      await backend.ensure(node, first, carOf(one), options())
      await backend.ensure(node, second, carOf(other), options())
      for (let turn = 0; turn < 2; turn++) await backend.release(node, first, { ...release, signal: signal() })
      await backend.release(node, wanted(nowhere().cid), { ...release, signal: signal() })
      assert.equal((await stateOf(harness, node, first))?.state, 'absent')
      assert.equal((await stateOf(harness, node, second))?.state, 'pinned')
      assert.deepEqual(await namesOf(node, one.root), [])
      assert.deepEqual((await backend.ensure(node, second, carOf(other), options())).blocks, sizesOf(other).blocks)
    },
  },
  {
    name: 'keeps a pin on which another content stands, and releases it with that one',
    async run(harness) {
      const {
        backend,
        nodeIds: [node],
      } = harness
      const dag = freshDag()
      const [first, second] = [wanted(dag.root), wanted(dag.root)]
      await backend.ensure(node, first, carOf(dag), options())
      await backend.ensure(node, second, carOf(dag), options())
      await backend.release(node, first, { keep: second.contentId, signal: signal() })
      assert.equal((await stateOf(harness, node, second))?.state, 'pinned')
      await backend.release(node, second, { ...release, signal: signal() })
      assert.equal((await stateOf(harness, node, second))?.state, 'absent')
    },
  },
  {
    name: "counts somebody else's pin, leaves its name as it is, and never takes it away",
    async run(harness) {
      const {
        backend,
        nodeIds: [node],
        serve,
        pinByHand,
        namesOf,
      } = harness
      for (const name of ['', 'what the operator keeps', 'hf:another-install:1', 'hf:']) {
        const dag = freshDag()
        const { origin } = await serve(dag.blocks)
        const before = wanted(dag.root)
        await backend.ensure(node, before, { kind: 'network', origins: [origin] }, options())
        await backend.release(node, before, { ...release, signal: signal() })
        await pinByHand(node, dag.root, name)
        const root = wanted(dag.root)
        const ensured = await backend.ensure(node, root, carOf(dag), options())
        assert.deepEqual(ensured, { isForeign: true, ...sizesOf(dag) })
        await backend.push(
          node,
          [
            { root, source: carOf(dag) },
            { root: wanted(dag.root), source: carOf(dag) },
          ],
          signal(),
        )
        assert.deepEqual(await stateOf(harness, node, root), {
          contentId: root.contentId,
          state: 'pinned',
          isForeign: true,
        })
        await backend.release(node, root, { ...release, signal: signal() })
        assert.deepEqual(await namesOf(node, dag.root), [name])
      }
    },
  },
  {
    name: 'lists all that is pinned, with its labels',
    async run({ backend, nodeIds: [node], pinByHand }) {
      const dags = Array.from({ length: 100 }, () => leafDag(randomUUID()))
      const roots = dags.map((dag) => ({ root: { ...wanted(dag.root), dagSize: 36 }, source: carOf(dag) }))
      await backend.push(node, roots, AbortSignal.timeout(60_000))
      const foreign = freshDag()
      await backend.ensure(node, wanted(foreign.root), carOf(foreign), options())
      await backend.release(node, wanted(foreign.root), { ...release, signal: signal() })
      await pinByHand(node, foreign.root, 'by hand')
      const listed: ListedPin[] = []
      for await (const page of backend.list(node, signal())) listed.push(...page)
      const labels = new Map(listed.map(({ cid, label }) => [cid.toString(), label]))
      assert.equal(labels.size, listed.length)
      for (const { root } of dags) assert.match(labels.get(root.toString()) ?? '', /^hf:[\w-]+:[\w-]+$/)
      assert.equal(labels.get(foreign.root.toString()), 'by hand')
    },
  },
  {
    name: 'takes no list that broke off for a list',
    async run({ backend, spare }) {
      for (const dag of [freshDag(), freshDag()])
        await backend.ensure(spare.nodeId, wanted(dag.root), carOf(dag), options())
      const count = async (): Promise<number> =>
        (await Array.fromAsync(backend.list(spare.nodeId, signal()))).flat().length
      const all = await count()
      assert.ok(all >= 2)
      try {
        for (const how of ['trailer', 'cut'] as const) {
          spare.breakListings(how)
          await assert.rejects(count, { name: 'BackendError' }, how)
        }
      } finally {
        spare.breakListings(null)
      }
      assert.equal(await count(), all)
    },
  },
  {
    name: 'gives the space of what was released back, and nothing else',
    async run(harness) {
      const { backend, spare } = harness
      await backend.collectGarbage(spare.nodeId, signal())
      const [gone, kept] = [largeDag(16), largeDag(4)]
      const [first, second] = [wanted(gone.root), wanted(kept.root)]
      await backend.ensure(spare.nodeId, first, carOf(gone), options())
      await backend.ensure(spare.nodeId, second, carOf(kept), options())
      await backend.release(spare.nodeId, first, { ...release, signal: signal() })
      const freed = (await backend.collectGarbage(spare.nodeId, signal())) ?? 0
      assert.ok(Math.abs(freed - 16 * MEBIBYTE) < 1.6 * MEBIBYTE, `${freed} bytes`)
      const source = backend.blocks('public', [spare.nodeId])
      for (const { cid } of kept.blocks) assert.ok(await source.get(cid))
      assert.equal((await stateOf(harness, spare.nodeId, second))?.state, 'pinned')
    },
  },
  {
    name: 'tells within 2 s which node does not answer, and nothing of what it holds',
    async run(harness) {
      const { backend, spare, nodeIds } = harness
      const dag = freshDag()
      const root = wanted(dag.root)
      await backend.ensure(spare.nodeId, root, carOf(dag), options())
      await spare.pause()
      try {
        const begun = performance.now()
        const reports = await backend.nodes(signal())
        assert.ok(performance.now() - begun < 2_000)
        const states = new Map(reports.map(({ nodeId, state }) => [nodeId, state]))
        assert.deepEqual(
          [...nodeIds, spare.nodeId].map((id) => states.get(id)),
          ['up', 'up', 'down'],
        )
        const word = await stateOf(harness, spare.nodeId, root)
        assert.equal(word?.state, 'unknown')
        await assert.rejects(Array.fromAsync(backend.list(spare.nodeId, AbortSignal.timeout(300))))
        await assert.rejects(backend.release(spare.nodeId, root, { ...release, signal: AbortSignal.timeout(300) }))
      } finally {
        spare.resume()
      }
      assert.equal((await stateOf(harness, spare.nodeId, root))?.state, 'pinned')
    },
  },
]
