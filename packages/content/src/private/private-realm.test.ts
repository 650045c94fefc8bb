import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import * as fc from 'fast-check'
import type { CID } from 'multiformats/cid'
import { expect, test } from 'vitest'
import { BlockStore } from '../block-store/block-store.ts'
import { problemsOf, type TestDag, testFolders, treeDag } from '../block-store/test-dags.ts'
import type { PrivateOwner } from './block-cipher.ts'
import { PRIVATE_REALM } from './private-realm.ts'
import { beginPrivateUpload } from './private-upload.ts'
import { newOwner, openPrivate, putPrivate } from './test-private.ts'

/** Two tenants share DAGs; the large one needs a segment and several slices. */
const DAGS: readonly TestDag[] = [treeDag('small', 3), treeDag('middle', 20, 4), treeDag('large', 120, 8)]

type Step =
  | { kind: 'upload'; dag: number; tenant: string }
  | { kind: 'abort'; dag: number }
  | { kind: 'release'; which: number }
  | { kind: 'crash' | 'rebuild' | 'compact' | 'scrub' }

const steps = fc.array(
  fc.oneof<fc.Arbitrary<Step>[]>(
    fc.record({
      kind: fc.constant('upload'),
      dag: fc.nat(DAGS.length - 1),
      tenant: fc.constantFrom('tenant-a', 'tenant-b'),
    }),
    fc.record({ kind: fc.constant('abort'), dag: fc.nat(DAGS.length - 1) }),
    fc.record({ kind: fc.constant('release'), which: fc.nat(4) }),
    fc.record({ kind: fc.constantFrom('crash', 'rebuild', 'compact', 'scrub') }),
  ),
  { minLength: 1, maxLength: 12 },
)

type Held = { owner: PrivateOwner; list: CID; dag: TestDag }

test('private roots are whole or gone through uploads, releases, crashes, rebuilds, compactions and scrubs', async () => {
  await using folders = testFolders()
  const run = async (list: Step[]): Promise<void> => {
    let directory = await folders.make()
    const options = { spillBytes: 1_000, sliceBlocks: 32, segmentBytes: 8_000, noIndexSync: true }
    let store = await BlockStore.open({ directory, ...options })
    const held: Held[] = []
    let next = 0
    for (const step of list) {
      if (step.kind === 'upload' || step.kind === 'abort') {
        const dag = DAGS[step.dag] ?? treeDag('none', 1)
        const owner = newOwner(`content-${next++}`, step.kind === 'upload' ? step.tenant : 'tenant-c')
        if (step.kind === 'upload') held.push({ owner, dag, list: (await putPrivate(store, owner, dag)).list })
        else await cutOff(store, owner, dag)
      } else if (step.kind === 'release') {
        const [gone] = held.splice(step.which, 1)
        if (gone !== undefined) expect(await store.release(gone.owner.contentId)).toBe(true)
      } else if (step.kind === 'compact') await store.compact({ minDeadShare: 0 })
      else if (step.kind === 'scrub')
        for await (const event of store.scrub({
          bytesPerSecond: Number.POSITIVE_INFINITY,
          signal: new AbortController().signal,
        }))
          expect(event.type).not.toBe('damaged')
      else {
        const left = await folders.copy(directory)
        await store.close()
        directory = left
        if (step.kind === 'rebuild') await rm(join(directory, 'index'), { recursive: true })
        store = await BlockStore.open({ directory, ...options })
      }
      await store.idle()
      await expectHeld(store, held)
    }
    for (const { owner } of held) await store.release(owner.contentId)
    await store.idle()
    expect((await store.stats()).blocks).toBe(0)
    await store.close()
  }
  await fc.assert(fc.asyncProperty(steps, run), { numRuns: Number(process.env.HOLDFAST_MODEL_RUNS ?? 25) })
}, 120_000)

const cutOff = async (store: BlockStore, owner: PrivateOwner, dag: TestDag): Promise<void> => {
  const upload = beginPrivateUpload(store, owner)
  for (const { cid, bytes } of dag.blocks) await upload.put(cid, bytes)
  await upload.abort()
}

const expectHeld = async (store: BlockStore, held: readonly Held[]): Promise<void> => {
  const roots = await Array.fromAsync(store.roots())
  expect(roots.map(({ contentId }) => contentId).sort()).toEqual(held.map(({ owner }) => owner.contentId).sort())
  for (const { owner, list, dag } of held) {
    const content = await openPrivate(store, owner, list)
    for (const { cid, bytes } of dag.blocks)
      expect(Buffer.compare((await content.get(cid)) ?? new Uint8Array(), bytes)).toBe(0)
  }
  const wanted = (await store.stats()).realms
  expect(Object.keys(wanted).filter((realm) => realm !== PRIVATE_REALM && (wanted[realm]?.blocks ?? 0) > 0)).toEqual([])
  expect(await problemsOf(store)).toEqual([])
}
