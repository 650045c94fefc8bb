import { randomUUIDv7 } from 'node:crypto'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BlockStore } from '@packages/content/block-store/block-store'
import { FETCHING_REALM } from '@packages/content/block-store/realm-rules'
import { treeDag } from '@packages/content/block-store/test-dags'
import type { CID } from 'multiformats/cid'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startTestManager, type TestManager } from '../testing/test-manager.ts'
import { fetchDag } from './fetch-dag.ts'
import { dropStaleParts, FetchParts } from './fetch-parts.ts'

let test: TestManager
beforeEach(async () => {
  test = await startTestManager()
})
afterEach(() => test.stop())

const limits = { maxBytes: 1e9, maxBlocks: 1e6, maxDepth: 100 }
const dag = treeDag('a large one', 200)
const distinct = new Map(dag.blocks.map(({ cid, bytes }) => [cid.toString(), bytes]))

/** A try that gets that many blocks from peers, and then none. @returns which were asked of them */
const attempt = async (
  store: BlockStore,
  contentId: string,
  {
    gives,
    keepAfterBytes = 0,
    partBytes = 1,
    ...more
  }: { gives: number; keepAfterBytes?: number; partBytes?: number; keepAtMostBytes?: number },
): Promise<{ asked: string[]; parts: FetchParts; isDone: boolean }> => {
  const asked: string[] = []
  const parts = new FetchParts({ store, contentId, keepAfterBytes, partBytes, ...more })
  const get = async (cid: CID): Promise<Uint8Array> => {
    const bytes = distinct.get(cid.toString())
    if (asked.length >= gives || bytes === undefined) throw new Error('nobody sends it')
    asked.push(cid.toString())
    return Uint8Array.from(bytes)
  }
  const signal = AbortSignal.timeout(20_000)
  const isDone = await fetchDag(
    { store, get, parts, onBlock: () => undefined },
    { contentId, cid: dag.root },
    { limits, signal },
  ).then(
    () => true,
    () => false,
  )
  store.settle(contentId)
  return { asked, parts, isDone }
}
const partsOf = async (store: BlockStore): Promise<string[]> =>
  (await Array.fromAsync(store.roots({ realm: FETCHING_REALM }))).map(({ contentId }) => contentId)

describe('a fetch that was ended', () => {
  it('goes on where it was: nothing is asked twice, and nothing is left when all is there', async () => {
    const contentId = randomUUIDv7()
    const first = await attempt(test.store, contentId, { gives: 120, partBytes: 4_000 })
    expect([first.isDone, first.asked.length]).toEqual([false, 120])
    await first.parts.keep()
    // Of a DAG that is not whole nothing is seen.
    expect(await test.store.reader('public').get(dag.root)).toBeUndefined()
    const second = await attempt(test.store, contentId, { gives: Number.POSITIVE_INFINITY })
    expect(second.isDone).toBe(true)
    expect(second.asked.filter((cid) => first.asked.includes(cid))).toEqual([])
    expect(second.asked.length).toBe(distinct.size - 120)
    expect(await test.store.measure({ realm: 'public', cid: dag.root })).toMatchObject({ blocks: distinct.size })
    expect((await partsOf(test.store)).length).toBeGreaterThan(0)
    await second.parts.drop()
    expect(await partsOf(test.store)).toEqual([])
  })

  it('by a kill as well: parts that are full are durable', async () => {
    const contentId = randomUUIDv7()
    const first = await attempt(test.store, contentId, { gives: 100 })
    // As a crash leaves it: nothing was closed, nothing was told to end.
    const directory = await mkdtemp(join(tmpdir(), 'hf-parts-'))
    await cp(test.directory, directory, { recursive: true })
    const store = await BlockStore.open({ directory, noIndexSync: true })
    try {
      const second = await attempt(store, contentId, { gives: Number.POSITIVE_INFINITY })
      expect(second.isDone).toBe(true)
      expect(second.asked.filter((cid) => first.asked.includes(cid))).toEqual([])
    } finally {
      await store.close()
      await rm(directory, { recursive: true, force: true })
    }
  })

  it('keeps nothing of what is small', async () => {
    const first = await attempt(test.store, randomUUIDv7(), { gives: 100, keepAfterBytes: 1e9 })
    await first.parts.keep()
    expect(await partsOf(test.store)).toEqual([])
  })

  it('leaves nothing for ever: what nobody waits for goes, and what was given up', async () => {
    const [waiting, gone] = [randomUUIDv7(), randomUUIDv7()]
    const row = { id: waiting, realm: 'public', cid: dag.root.toString(), state: 'wanted' as const }
    await test.db.kysely.insertInto('contents').values(row).execute()
    await test.db.kysely.insertInto('fetches').values({ content_id: waiting }).execute()
    for (const contentId of [waiting, gone])
      await (await attempt(test.store, contentId, { gives: 20, partBytes: 1e6 })).parts.keep()
    expect(await partsOf(test.store)).toHaveLength(2)
    expect(await dropStaleParts(test)).toBe(1)
    expect(await partsOf(test.store)).toEqual([expect.stringMatching(new RegExp(`^${waiting}\\.`))])
    await test.db.kysely.updateTable('fetches').set({ state: 'failed' }).execute()
    expect(await dropStaleParts(test)).toBe(1)
    expect(await partsOf(test.store)).toEqual([])
  })

  it('keeps no more of one try than it may', async () => {
    const contentId = randomUUIDv7()
    const keepAtMostBytes = 2_000
    const { parts } = await attempt(test.store, contentId, { gives: 150, partBytes: 500, keepAtMostBytes })
    await parts.keep()
    const kept = await Array.fromAsync(test.store.roots({ realm: FETCHING_REALM }))
    const bytes = kept.reduce((sum, part) => sum + (part.bytes ?? 0), 0)
    expect(bytes).toBeGreaterThan(keepAtMostBytes / 2)
    expect(bytes).toBeLessThanOrEqual(keepAtMostBytes)
  })

  it('keeps no more of all together than they may: what has waited longest goes', async () => {
    const [old, young] = [randomUUIDv7(), randomUUIDv7()]
    for (const contentId of [old, young]) {
      const row = { id: contentId, realm: 'public', cid: `cid of ${contentId}`, state: 'wanted' as const }
      await test.db.kysely.insertInto('contents').values(row).execute()
      await test.db.kysely.insertInto('fetches').values({ content_id: contentId }).execute()
      // What an earlier try has brought is not written again: each has its own.
      await (await attempt(test.store, contentId, { gives: 20, partBytes: 1e6 })).parts.keep()
      test.clock.now += 1_000
    }
    const kept = await Array.fromAsync(test.store.roots({ realm: FETCHING_REALM }))
    const of = (id: string): number => kept.find(({ contentId }) => contentId.startsWith(id))?.bytes ?? 0
    expect([of(old) > 0, of(young) > 0]).toEqual([true, true])
    expect(await dropStaleParts({ ...test, maxBytes: of(old) + of(young) })).toBe(0)
    expect(await dropStaleParts({ ...test, maxBytes: of(old) + of(young) - 1 })).toBe(1)
    expect(await partsOf(test.store)).toEqual([expect.stringMatching(new RegExp(`^${young}\\.`))])
  })
})
