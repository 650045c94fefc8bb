import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { joinDags, leafDag, nodeBlock, type TestDag, textBlock } from '@packages/content/block-store/test-dags'
import { cborBlock } from '@packages/content/car/test-cars'
import { BackendError } from '@services/ipfs-manager/pin-backend'
import { CID } from 'multiformats/cid'
import { identity } from 'multiformats/hashes/identity'
import type { ContractCase } from './contract-case.ts'
import {
  carOf,
  freshDag,
  fromCar,
  LIMITS,
  type PinBackendHarness,
  signal,
  sizesOf,
  wanted,
} from './pin-backend-harness.ts'

const options = () => ({ limits: LIMITS, signal: signal() })

const cborDag = (): TestDag => {
  const leaf = textBlock(randomUUID())
  const root = cborBlock({ list: [leaf.cid], text: 'a map' })
  return { root: root.cid, blocks: [root, leaf] }
}

/** A node over a leaf that stands in its own CID. */
const identityDag = (): TestDag => {
  const inside = CID.createV1(0x55, identity.digest(new TextEncoder().encode('inside')))
  const root = nodeBlock([inside], randomUUID())
  return { root: root.cid, blocks: [root] }
}

/** From CARs: what uploads and repairs go through. */
export const pushCases: readonly ContractCase<PinBackendHarness>[] = [
  {
    name: 'pins DAGs of every shape from a CAR, and counts them',
    async run({ backend, nodeIds: [node] }) {
      for (const dag of [leafDag(randomUUID()), freshDag(100), freshDag(1_000), cborDag(), identityDag()]) {
        const root = wanted(dag.root)
        const ensured = await backend.ensure(node, root, carOf(dag), options())
        assert.deepEqual(ensured, { isForeign: false, ...sizesOf(dag) })
        assert.deepEqual(await backend.replicas(node, [root], signal()), [
          { contentId: root.contentId, state: 'pinned', isForeign: false },
        ])
      }
    },
  },
  {
    name: 'pins once what is asked twice, twice at once, and by version 0 and 1',
    async run({ backend, nodeIds: [node], namesOf }) {
      const dag = freshDag()
      const first = wanted(dag.root)
      const asked = [first, first, { ...wanted(dag.root), cid: dag.root.toV0() }]
      const words = await Promise.all(asked.map((root) => backend.ensure(node, root, carOf(dag), options())))
      words.push(await backend.ensure(node, wanted(dag.root), carOf(dag), options()))
      for (const word of words) assert.deepEqual(word, { isForeign: false, ...sizesOf(dag) })
      assert.equal((await namesOf(node, dag.root)).length, 1)
    },
  },
  {
    name: 'says within 5 s that a CAR lacks a block, pins nothing, and holds nobody up',
    async run({ backend, nodeIds: [node], namesOf }) {
      const dag = freshDag()
      const [missing, ...rest] = dag.blocks
      const begun = performance.now()
      const lacking = backend.ensure(node, wanted(dag.root), fromCar(dag.root, rest), options())
      const refused = assert.rejects(lacking, { name: 'BackendError', code: 'incomplete_dag' })
      const other = freshDag()
      await backend.ensure(node, wanted(other.root), carOf(other), options())
      assert.ok(performance.now() - begun < 5_000, 'another pin waited')
      await refused
      assert.ok(performance.now() - begun < 5_000, 'it took too long')
      assert.deepEqual(await namesOf(node, dag.root), [])
      assert.ok(missing)
      await backend.ensure(node, wanted(dag.root), carOf(dag), options())
      assert.equal((await namesOf(node, dag.root)).length, 1)
    },
  },
  {
    name: 'says that a block is not what its CID says, and pins nothing',
    async run({ backend, nodeIds: [node], namesOf }) {
      const dag = freshDag()
      const blocks = dag.blocks.map((block, index) => {
        if (index !== 3) return block
        const bytes = block.bytes.slice()
        bytes[0] = (bytes[0] ?? 0) ^ 1
        return { ...block, bytes }
      })
      await assert.rejects(backend.ensure(node, wanted(dag.root), fromCar(dag.root, blocks), options()), {
        name: 'BackendError',
        code: 'corrupt_dag',
        retryable: false,
      })
      assert.deepEqual(await namesOf(node, dag.root), [])
    },
  },
  {
    name: 'pins many roots at once, and one that is bad among them is told alone',
    async run({ backend, nodeIds: [node], namesOf }) {
      for (const [bad, count] of [
        ['corrupt_dag', 30],
        ['incomplete_dag', 100],
      ] as const) {
        const dags = Array.from({ length: count }, () => joinDags([leafDag(randomUUID())]))
        const roots = dags.map((dag, index) => {
          const [leaf, root] = dag.blocks
          assert.ok(leaf && root)
          const wrong = bad === 'corrupt_dag' ? [root, { ...leaf, bytes: new Uint8Array(9) }] : [root]
          const source = fromCar(dag.root, index === 17 ? wrong : dag.blocks)
          return { root: { ...wanted(dag.root), dagSize: sizesOf(dag).dagSize }, source }
        })
        const words = await backend.push(node, roots, AbortSignal.timeout(60_000))
        const failed = words.flatMap((word, index) => (word instanceof BackendError ? [[index, word.code]] : []))
        assert.deepEqual(failed, [[17, bad]])
        for (const [index, word] of words.entries())
          if (index !== 17) assert.deepEqual(word, { isForeign: false, ...sizesOf(dags[index] as TestDag) })
        const said = await backend.replicas(
          node,
          roots.map(({ root }) => root),
          signal(),
        )
        assert.deepEqual(said.filter(({ state }) => state === 'pinned').length, count - 1)
        assert.deepEqual(await namesOf(node, (dags[17] as TestDag).root), [])
      }
    },
  },
  {
    name: 'pins 100 small DAGs that are asked for at the same time',
    async run({ backend, nodeIds: [node] }) {
      const dags = Array.from({ length: 100 }, () => leafDag(randomUUID()))
      await Promise.all(dags.map((dag) => backend.ensure(node, wanted(dag.root), carOf(dag), options())))
    },
  },
  {
    name: 'passes on what a CAR cannot be read for, and pins nothing',
    async run({ backend, nodeIds: [node], namesOf }) {
      const dag = freshDag()
      const open = async function* () {
        yield* carOf(dag).open(signal())
        throw new RangeError('the disk')
      }
      await assert.rejects(backend.ensure(node, wanted(dag.root), { kind: 'car', open }, options()), RangeError)
      assert.deepEqual(await namesOf(node, dag.root), [])
    },
  },
]
