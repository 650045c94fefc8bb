import { randomUUIDv7 } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BlockStore } from '@packages/content/block-store/block-store'
import { joinDags, leafDag } from '@packages/content/block-store/test-dags'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { BackendError } from '../pin-backend.ts'
import { fetchDag } from './fetch-dag.ts'
import { FetchParts } from './fetch-parts.ts'

let store: BlockStore
let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'hf-fetch-'))
  store = await BlockStore.open({ directory, noIndexSync: true })
})
afterAll(async () => {
  await store.close()
  await rm(directory, { recursive: true, force: true })
})

const turns = async (count: number): Promise<void> => {
  for (let n = 0; n < count; n++) await Promise.resolve()
}

it('tells of a block that failed, in whichever moment: never that the DAG is corrupt because it lacks it', async () => {
  const limits = { maxBytes: 1e6, maxBlocks: 100, maxDepth: 10 }
  for (let turn = 0; turn < 60; turn++) {
    const leaves = [leafDag(`${turn} a`), leafDag(`${turn} b`), leafDag(`${turn} c`)]
    const dag = joinDags(leaves)
    const blocks = new Map(dag.blocks.map(({ cid, bytes }) => [cid.toString(), bytes]))
    const bad = leaves[1]?.root.toString()
    const get = async (cid: { toString(): string }): Promise<Uint8Array> => {
      if (cid.toString() !== bad) return blocks.get(cid.toString()) ?? new Uint8Array()
      await turns(turn)
      throw new BackendError('stalled', 'nobody sends it')
    }
    const fetching = fetchDag(
      { store, get, parts: new FetchParts({ store, contentId: 'x' }), onBlock: () => undefined },
      { contentId: randomUUIDv7(), cid: dag.root },
      {
        limits,
        signal: AbortSignal.timeout(10_000),
      },
    )
    await expect(fetching, `turn ${turn}`).rejects.toMatchObject({ code: 'stalled' })
  }
})
