import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { nodeBlock, rawBlock, type TestDag } from '@packages/content/block-store/test-dags'
import type { ContractCase } from './contract-case.ts'
import { carOf, freshDag, LEFT_BYTES, LIMITS, type PinBackendHarness, signal, wanted } from './pin-backend-harness.ts'

const BLOCK_BYTES = 1024 * 1024
const options = () => ({ limits: LIMITS, signal: signal() })

/** Larger than what is left of a full disk. */
const tooLarge = (): TestDag => {
  const leaves = Array.from({ length: (4 * LEFT_BYTES) / BLOCK_BYTES }, () => rawBlock(randomBytes(BLOCK_BYTES)))
  const root = nodeBlock(leaves.map(({ cid }) => cid))
  return { root: root.cid, blocks: [...leaves, root] }
}

/** What a full disk does, and what it must not. */
export const diskCases: readonly ContractCase<PinBackendHarness>[] = [
  {
    name: 'says that its disk is full, pins nothing then, keeps what it had whole, and goes on when there is room',
    async run({ backend, onSmallDisk, namesOf }) {
      await using node = await onSmallDisk()
      const { nodeId } = node
      const [kept, large] = [freshDag(100), tooLarge()]
      const root = wanted(kept.root)
      const isWhole = async (): Promise<void> => {
        assert.equal((await backend.replicas(nodeId, [root], signal()))[0]?.state, 'pinned')
        const source = backend.blocks('public', [nodeId])
        for (const { cid, bytes } of kept.blocks)
          assert.deepEqual(Buffer.from((await source.get(cid)) ?? []), Buffer.from(bytes))
      }
      await backend.ensure(nodeId, root, carOf(kept), options())
      await node.fill()
      for (let tries = 0; tries < 2; tries++) {
        await assert.rejects(backend.ensure(nodeId, wanted(large.root), carOf(large), options()), {
          name: 'BackendError',
          code: 'no_space',
          retryable: true,
        })
        assert.deepEqual(await namesOf(nodeId, large.root), [])
        await isWhole()
      }
      await node.makeRoom()
      const again = wanted(large.root)
      await backend.ensure(nodeId, again, carOf(large), options())
      assert.equal((await backend.replicas(nodeId, [again], signal()))[0]?.state, 'pinned')
      await isWhole()
    },
  },
]
