import assert from 'node:assert/strict'
import type { ContractCase } from './contract-case.ts'
import { carOf, freshDag, LIMITS, type PinBackendHarness, signal, sizesOf, wanted } from './pin-backend-harness.ts'

const options = () => ({ limits: LIMITS, signal: signal() })

/** What is read back from nodes. */
export const verifyCases: readonly ContractCase<PinBackendHarness>[] = [
  {
    name: 'reads every block back from the node that was named, and takes nothing of another one for it',
    async run({ backend, nodeIds: [node, other] }) {
      const dag = freshDag(40)
      const root = wanted(dag.root)
      await backend.ensure(node, root, carOf(dag), options())
      assert.deepEqual(await backend.verify(node, root, signal()), sizesOf(dag))
      await assert.rejects(backend.verify(other, root, signal()), { name: 'BackendError', code: 'incomplete_dag' })
      await assert.rejects(backend.verify(node, root, AbortSignal.abort(new Error('called off'))), /called off/)
    },
  },
  {
    name: 'does not read back as whole what is damaged on the disk of the node, while the pin stands',
    async run({ backend, spare }) {
      const dag = freshDag(3)
      const root = wanted(dag.root)
      const [leaf] = dag.blocks
      assert.ok(leaf)
      await backend.ensure(spare.nodeId, root, carOf(dag), options())
      assert.deepEqual(await backend.verify(spare.nodeId, root, signal()), sizesOf(dag))
      await spare.damage(leaf.cid)
      await assert.rejects(backend.verify(spare.nodeId, root, signal()), { name: 'BackendError' })
      assert.equal((await backend.replicas(spare.nodeId, [root], signal()))[0]?.state, 'pinned')
    },
  },
]
