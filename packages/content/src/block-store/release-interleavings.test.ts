import { setImmediate as nextTurn } from 'node:timers/promises'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { BlockStore } from './block-store.ts'
import type { StoreFaults } from './store-options.ts'
import { joinDags, leafDag, putDag, readsBack, type TestDag, testFolders, treeDag } from './test-dags.ts'

/** Files that are raced for in one run; each is an experiment of its own, and they share batches. */
const FILES = 50

type Script = { a: 'release' | 'release, upload'; b: 'upload' | 'upload, release' | 'adopt'; large: boolean }

const scripts: fc.Arbitrary<Script> = fc.record({
  a: fc.constantFrom('release', 'release, upload'),
  b: fc.constantFrom('upload', 'upload, release', 'adopt'),
  large: fc.nat(9).map((n) => n === 0),
})

const dagOf = (name: string, large: boolean): TestDag =>
  joinDags([large ? treeDag(`${name} is of many blocks`, 6, 3) : treeDag(name, 2), leafDag(`${name}/2`)])

/** Tenant A has the file and lets it go, tenant B uploads it: in whatever order their steps inside of the store come. */
const race = async (
  { store, turn }: { store: BlockStore; turn: (who: string) => Promise<void> },
  name: string,
  dag: TestDag,
  script: Script,
): Promise<string[]> => {
  const a = async (): Promise<string[]> => {
    await turn(`${name}-a`)
    expect(await store.release(`${name}-a`)).toBe(true)
    if (script.a === 'release') return []
    await turn(`${name}-a`)
    await putDag(store, `${name}-a2`, dag)
    store.settle(`${name}-a2`)
    return [`${name}-a2`]
  }
  const b = async (): Promise<string[]> => {
    const id = `${name}-b`
    await turn(id)
    if (script.b === 'adopt') {
      const adopted = await store.adoptRoot({ realm: 'public', contentId: id, cid: dag.root })
      store.settle(id)
      return adopted ? [id] : []
    }
    await putDag(store, id, dag)
    store.settle(id)
    if (script.b === 'upload') return [id]
    await turn(id)
    expect(await store.release(id)).toBe(true)
    return []
  }
  return (await Promise.all([a(), b()])).flat()
}

/** Each order of steps that was tried, as text. */
type Tried = Set<string>

const raceForFiles = async (options: { runs: number; seed?: number; faults?: StoreFaults }) => {
  await using folders = testFolders()
  const tried: Tried = new Set()
  let scheduler: fc.Scheduler | undefined
  let order: string[] = []
  const pause = async (where: string): Promise<void> => {
    if (scheduler === undefined) await nextTurn()
    else await scheduler.schedule(Promise.resolve(), where)
    order.push(where)
  }
  const store = await BlockStore.open({
    directory: await folders.make(),
    spillBytes: 500,
    segmentBytes: 40_000,
    sliceBlocks: 2,
    reserveBytes: 0,
    noIndexSync: true,
    // Real turns would let every other step go before a batch is planned.
    faults: { skipSync: true, pause, turn: () => Promise.resolve(), ...options.faults },
  })
  let run = 0
  const property = fc.asyncProperty(
    fc.scheduler(),
    fc.array(scripts, { minLength: FILES, maxLength: FILES }),
    async (steps, files) => {
      run++
      const raced = files.map((script, i) => ({ script, name: `${run}.${i}`, dag: dagOf(`${run}.${i}`, script.large) }))
      await Promise.all(raced.map(({ name, dag }) => putDag(store, `${name}-a`, dag)))
      scheduler = steps
      order = []
      const turn = async (who: string): Promise<void> => {
        await steps.schedule(Promise.resolve(), who)
        order.push(who)
      }
      const compaction = store.compact({ minDeadShare: 0.05 })
      const racing = Promise.all(raced.map(({ name, dag, script }) => race({ store, turn }, name, dag, script)))
      const live = await steps.waitFor(racing)
      scheduler = undefined
      // A cascade may still stand at a pause.
      await steps.waitIdle()
      await compaction
      await store.idle()
      for (const [i, { dag, name }] of raced.entries()) {
        expect(await readsBack(store, dag)).toBe((live[i] ?? []).length > 0)
        tried.add(
          `${order.filter((step) => !step.includes('.') || step.startsWith(`${name}-`)).join()} ${JSON.stringify(files[i])}`,
        )
      }
      await Promise.all(live.flat().map((contentId) => store.release(contentId)))
      await store.idle()
      expect(await store.stats()).toMatchObject({ blocks: 0, roots: 0, pendingReleases: 0 })
    },
  )
  const result = await fc.check(property, {
    numRuns: options.runs,
    endOnFailure: true,
    ...(options.seed === undefined ? {} : { seed: options.seed }),
  })
  await store.close()
  return { result, interleavings: run * FILES, distinct: tried.size }
}

test('in 10,000 interleavings of release and upload a file is there for whoever has it, and gone when nobody has', async () => {
  const { result, interleavings, distinct } = await raceForFiles({ runs: 10_000 / FILES })
  console.log(`seed ${result.seed}: ${interleavings} interleavings, ${distinct} of them distinct`)
  if (result.failed) throw new Error(fc.defaultReportMessage(result), { cause: result.errorInstance })
  expect(interleavings).toBeGreaterThanOrEqual(10_000)
  expect(distinct).toBeGreaterThan(9_000)
}, 240_000)

test.each<[string, StoreFaults]>([
  ['does not look again in the transaction', { skipPresenceCheck: true }],
  ['does not count a root', { skipRootReference: true }],
  ['loses every seventh reference', { dropReference: everySeventh() }],
  ['does not give the links of a block back', { skipCascade: true }],
])(
  'the suite fails when the store %s',
  async (_, faults) => {
    expect((await raceForFiles({ runs: 50, seed: 1, faults })).result.failed).toBe(true)
  },
  240_000,
)

function everySeventh(): () => boolean {
  let count = 0
  return () => ++count % 7 === 0
}
