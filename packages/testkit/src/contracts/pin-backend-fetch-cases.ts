import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { leafDag, nodeBlock, type TestDag, textBlock } from '@packages/content/block-store/test-dags'
import type { FetchProgress } from '@services/ipfs-manager/pin-backend'
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

const chain = (length: number): TestDag => {
  const blocks = [textBlock(randomUUID())]
  for (let depth = 1; depth < length; depth++) blocks.push(nodeBlock([(blocks.at(-1) as (typeof blocks)[0]).cid]))
  return { root: (blocks.at(-1) as (typeof blocks)[0]).cid, blocks }
}
const network = (origin?: string) => ({ kind: 'network' as const, origins: origin === undefined ? [] : [origin] })

/** From the network: what pins by CID go through. */
export const fetchCases: readonly ContractCase<PinBackendHarness>[] = [
  {
    name: 'fetches from an address that was given, and tells how far it is: no number ever falls',
    async run({ backend, nodeIds: [node], serve }) {
      const dag = freshDag(300)
      const { origin } = await serve(dag.blocks)
      const told: FetchProgress[] = []
      const onProgress = (progress: FetchProgress): void => void told.push(progress)
      // Kept for last: what is no address, is private, or does not answer is passed over.
      const origins = ['', '/ip4/127.0.0.1/tcp/1', '/dns4/example.org/tcp/4001/p2p/x', 'https://example.org', origin]
      const options = { limits: LIMITS, onProgress, signal: signal() }
      const ensured = await backend.ensure(node, wanted(dag.root), { kind: 'network', origins }, options)
      assert.deepEqual(ensured, { isForeign: false, ...sizesOf(dag) })
      assert.ok(told.length > 0)
      const phases = ['searching', 'fetching', 'replicating']
      for (const [index, { phase, blocks, bytes }] of told.slice(1).entries()) {
        const before = told[index] as FetchProgress
        assert.ok(blocks >= before.blocks && bytes >= before.bytes)
        assert.ok(phases.indexOf(phase) >= phases.indexOf(before.phase))
      }
    },
  },
  {
    name: 'finds by routing what somebody announces',
    async run({ backend, nodeIds: [, node], serve, announce }) {
      const dag = freshDag()
      await serve(dag.blocks)
      await announce(dag.root)
      const ensured = await backend.ensure(node, wanted(dag.root), network(), { limits: LIMITS, signal: signal() })
      assert.deepEqual(ensured, { isForeign: false, ...sizesOf(dag) })
    },
  },
  {
    name: 'copies from one of its nodes to another',
    async run({ backend, nodeIds: [from, to] }) {
      const dag = freshDag(50)
      const root = wanted(dag.root)
      await backend.ensure(from, root, carOf(dag), { limits: LIMITS, signal: signal() })
      const source = { kind: 'nodes' as const, holders: [from] }
      const ensured = await backend.ensure(to, root, source, { limits: LIMITS, signal: signal() })
      assert.deepEqual(ensured, { isForeign: false, ...sizesOf(dag) })
    },
  },
  {
    name: 'gives up a CID that nobody has within its limits, and asks nobody for it any more',
    async run({ backend, nodeIds: [node], isWanted, namesOf }) {
      for (const [limits, code] of [
        [{ ...LIMITS, stallMs: 1_000 }, 'no_providers'],
        [{ ...LIMITS, maxMs: 1_000 }, 'limit_time'],
      ] as const) {
        const { cid } = nowhere()
        const begun = performance.now()
        const fetched = backend.ensure(node, wanted(cid), network(), { limits, signal: signal() })
        await assert.rejects(fetched, { name: 'BackendError', code })
        assert.ok(performance.now() - begun < 3_000)
        await until(async () => !(await isWanted(node, cid)))
        assert.deepEqual(await namesOf(node, cid), [])
      }
    },
  },
  {
    name: 'gives up a DAG of which nobody has a block, and holds nobody up meanwhile',
    async run({ backend, nodeIds: [node], serve, namesOf }) {
      const root = nodeBlock([nowhere().cid], randomUUID())
      const { origin } = await serve([root])
      const held = leafDag(randomUUID())
      await backend.ensure(node, wanted(held.root), carOf(held), { limits: LIMITS, signal: signal() })
      const limits = { ...LIMITS, stallMs: 3_000 }
      const fetching = backend.ensure(node, wanted(root.cid), network(origin), { limits, signal: signal() })
      const refused = assert.rejects(fetching, { name: 'BackendError', code: 'stalled' })
      await sleep(1_000)
      const begun = performance.now()
      await backend.release(node, wanted(held.root), { keep: null, signal: signal() })
      const other = freshDag()
      await backend.ensure(node, wanted(other.root), carOf(other), { limits: LIMITS, signal: signal() })
      assert.ok(performance.now() - begun < 2_000, 'another one waited')
      await refused
      assert.deepEqual(await namesOf(node, root.cid), [])
    },
  },
  {
    name: 'ends at once when it is given up, and leaves nothing wanted and nothing pinned',
    async run({ backend, nodeIds: [node], isWanted }) {
      const { cid } = nowhere()
      const given = new AbortController()
      const root = wanted(cid)
      const fetching = backend.ensure(node, root, network(), { limits: LIMITS, signal: given.signal })
      await until(() => isWanted(node, cid))
      const begun = performance.now()
      given.abort(new Error('enough'))
      await assert.rejects(fetching, { message: 'enough' })
      assert.ok(performance.now() - begun < 1_000)
      await until(async () => !(await isWanted(node, cid)))
      const [word] = await backend.replicas(node, [root], signal())
      assert.equal(word?.state, 'absent')
    },
  },
  {
    name: 'cuts what is larger, has more blocks or is deeper than it may be, and pins nothing',
    async run({ backend, nodeIds: [node], serve, namesOf }) {
      for (const [dag, limit, code] of [
        [freshDag(200), { maxBytes: 2_000 }, 'limit_bytes'],
        [freshDag(200), { maxBlocks: 100 }, 'limit_blocks'],
        [chain(40), { maxDepth: 39 }, 'limit_depth'],
      ] as const) {
        const { origin } = await serve(dag.blocks)
        const limits = { ...LIMITS, ...limit }
        const fetching = backend.ensure(node, wanted(dag.root), network(origin), { limits, signal: signal() })
        await assert.rejects(fetching, { name: 'BackendError', code, retryable: false })
        assert.deepEqual(await namesOf(node, dag.root), [])
      }
      const dag = chain(40)
      const { origin } = await serve(dag.blocks)
      const limits = { ...LIMITS, maxDepth: 40 }
      await backend.ensure(node, wanted(dag.root), network(origin), { limits, signal: signal() })
    },
  },
  {
    name: 'never takes a private root to a public node, from wherever',
    async run({ backend, nodeIds: [node], serve, namesOf, isWanted }) {
      const dag = freshDag()
      const { origin } = await serve(dag.blocks)
      const options = { limits: LIMITS, signal: signal() }
      for (const source of [network(origin), carOf(dag), { kind: 'nodes' as const, holders: [node] }])
        await assert.rejects(backend.ensure(node, wanted(dag.root, 'private'), source, options))
      const pushed = { root: wanted(dag.root, 'private'), source: carOf(dag) }
      const words = await backend.push(node, [pushed], signal()).catch((error: unknown) => [error])
      assert.ok(words[0] instanceof Error)
      assert.deepEqual([await namesOf(node, dag.root), await isWanted(node, dag.root)], [[], false])
      assert.equal(await backend.blocks('private').get(dag.root), undefined)
    },
  },
]

const until = async (holds: () => Promise<boolean>): Promise<void> => {
  const end = performance.now() + 10_000
  while (!(await holds())) {
    assert.ok(performance.now() < end, 'it never came to be')
    await sleep(20)
  }
}
