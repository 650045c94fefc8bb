import { cpSync, readdirSync, statSync, truncateSync, writeFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { BlockStore } from './block-store.ts'
import type { StoreFaults } from './store-options.ts'
import { joinDags, leafDag, problemsOf, putDag, readsBack, type TestDag, testFolders, treeDag } from './test-dags.ts'

const part = treeDag('part', 6, 3)
const DAGS: readonly TestDag[] = [
  leafDag('small'),
  part,
  joinDags([part, leafDag('above the part')]),
  joinDags([leafDag('small'), part, treeDag('rest', 12, 3)], 'whole'),
  treeDag('a file that is large enough for a segment of its own', 30, 4),
]

/** What the store should be: who has what. That is all there is to know. */
type Model = { roots: Map<string, number> }

const contains = (dag: number, other: number): boolean =>
  DAGS[dag]?.blocks.some(({ cid }) => cid.equals(DAGS[other]?.root)) ?? false

const holds = (model: Model, dag: number): boolean => [...model.roots.values()].some((held) => contains(held, dag))

type Step = { kind: 'put' | 'release' | 'adopt'; dag: number; pick: number }
type Command =
  | { kind: 'together'; steps: Step[] }
  | { kind: 'abort'; dag: number }
  | { kind: 'reopen' }
  | { kind: 'crash'; steps: Step[]; turns: number; torn: 'cut' | 'zeros'; where: number }

const dag = fc.nat(DAGS.length - 1)
const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom('put', 'put', 'release', 'adopt'),
  dag,
  pick: fc.nat(99),
})
const steps = fc.array(step, { minLength: 1, maxLength: 5 })
const commands: fc.Arbitrary<Command[]> = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ kind: fc.constant('together' as const), steps }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('abort' as const), dag }) },
    { weight: 1, arbitrary: fc.constant({ kind: 'reopen' as const }) },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('crash' as const),
        steps,
        turns: fc.nat(12),
        torn: fc.constantFrom('cut' as const, 'zeros' as const),
        where: fc.nat(1_000),
      }),
    },
  ),
  { minLength: 3, maxLength: 12 },
)

/** The store under test, and how much of each segment was synced. */
class Subject {
  readonly #folders: ReturnType<typeof testFolders>
  readonly #faults: StoreFaults
  #directory = ''
  #synced = new Map<number, number>()
  store!: BlockStore
  next = 0

  constructor(folders: ReturnType<typeof testFolders>, faults: StoreFaults) {
    this.#folders = folders
    this.#faults = faults
  }

  async open(directory?: string): Promise<void> {
    this.#directory = directory ?? this.#directory
    this.#synced = new Map()
    const sizes = { spillBytes: 700, segmentBytes: 6_000, sliceBlocks: 16, reserveBytes: 0, noIndexSync: true }
    const synced = (id: number, length: number): void => void this.#synced.set(id, length)
    const faults = { synced, ...this.#faults }
    this.store = await BlockStore.open({ directory: this.#directory, ...sizes, faults })
    await this.store.idle()
    for (const [id, size] of this.#segments(this.#directory)) this.#synced.set(id, size)
  }

  #segments(directory: string): [number, number][] {
    const folder = join(directory, 'segments')
    const names = readdirSync(folder).filter((name) => name.endsWith('.car'))
    return names.map((name) => [Number.parseInt(name, 10), statSync(join(folder, name)).size])
  }

  /** What a power cut leaves: the index as it is, of the segments what was synced, and of the rest what `torn` says. */
  async crash(torn: 'cut' | 'zeros', where: number): Promise<void> {
    const to = await this.#folders.make()
    cpSync(join(this.#directory, 'store.json'), join(to, 'store.json'))
    // The index first: segments may grow while they are copied.
    cpSync(join(this.#directory, 'index'), join(to, 'index'), { recursive: true })
    cpSync(join(this.#directory, 'segments'), join(to, 'segments'), { recursive: true })
    for (const [id, size] of this.#segments(to)) {
      const safe = this.#synced.get(id) ?? 0
      const path = join(to, 'segments', `${String(id).padStart(8, '0')}.car`)
      const at = safe + Math.floor(((size - safe) * where) / 1_000)
      if (at >= size) continue
      if (torn === 'cut') truncateSync(path, at)
      else writeFileSync(path, readFileSync(path).fill(0, at, Math.min(size, at + 24)))
    }
    const dying = this.store
    await this.open(to)
    await dying.close()
  }
}

const runStep = async (
  subject: Subject,
  model: Model,
  { kind, dag, pick }: Step,
  taken: Set<string>,
): Promise<void> => {
  const contentId = `c${subject.next++}`
  const { store } = subject
  if (kind === 'put') {
    await putDag(store, contentId, DAGS[dag] ?? part)
    model.roots.set(contentId, dag)
  } else if (kind === 'adopt') {
    const cid = DAGS[dag]?.root ?? part.root
    if (await store.adoptRoot({ realm: 'public', contentId, cid })) model.roots.set(contentId, dag)
  } else {
    const free = [...model.roots.keys()].filter((id) => !taken.has(id))
    const chosen = free[pick % Math.max(1, free.length)] ?? 'nobody'
    taken.add(chosen)
    expect(await store.release(chosen)).toBe(model.roots.delete(chosen))
  }
}

const runCommand = async (subject: Subject, model: Model, command: Command): Promise<void> => {
  const together = (list: Step[]) => {
    const taken = new Set<string>()
    return Promise.all(list.map((item) => runStep(subject, model, item, taken)))
  }
  if (command.kind === 'together') await together(command.steps)
  else if (command.kind === 'reopen') {
    await subject.store.close()
    await subject.open()
  } else if (command.kind === 'abort') {
    const upload = subject.store.beginUpload({ realm: 'public', contentId: `c${subject.next++}` })
    for (const { cid, bytes } of DAGS[command.dag]?.blocks ?? []) await upload.put(cid, bytes)
    await upload.abort()
  } else {
    const before = new Map(model.roots)
    const running = together(command.steps).catch((error: unknown) => error)
    for (let i = 0; i < command.turns; i++) await nextTurn()
    // What was acknowledged up to here must be there; what was not may be, as a whole.
    const acknowledged = new Map(model.roots)
    const first = subject.next - command.steps.length
    await subject.crash(command.torn, command.where)
    await running
    for (const [id] of before) if (!acknowledged.has(id)) expect(subject.store.hasRoot(id)).toBe(false)
    const releasing = [...before.keys()].filter((id) => acknowledged.has(id) && !subject.store.hasRoot(id))
    const named = command.steps.filter(({ kind }) => kind === 'release').length
    expect(releasing.length).toBeLessThanOrEqual(named)
    model.roots = new Map([...acknowledged].filter(([id]) => !releasing.includes(id)))
    for (const [i, { dag }] of command.steps.entries())
      if (subject.store.hasRoot(`c${first + i}`)) model.roots.set(`c${first + i}`, dag)
  }
}

const check = async (subject: Subject, model: Model): Promise<void> => {
  await subject.store.idle()
  for (const contentId of model.roots.keys()) expect(subject.store.hasRoot(contentId), contentId).toBe(true)
  for (const [i, dag] of DAGS.entries()) expect(await readsBack(subject.store, dag), `dag ${i}`).toBe(holds(model, i))
}

const checkModel = async (options: { runs: number; seed?: number; faults?: StoreFaults }) => {
  await using folders = testFolders()
  const property = fc.asyncProperty(commands, async (list) => {
    const subject = new Subject(folders, options.faults ?? {})
    const model: Model = { roots: new Map() }
    await subject.open(await folders.make())
    try {
      for (const command of list) {
        await runCommand(subject, model, command)
        await check(subject, model)
      }
      expect(await problemsOf(subject.store)).toEqual([])
      expect((await subject.store.stats()).roots).toBe(model.roots.size)
      for (const contentId of model.roots.keys()) await subject.store.release(contentId)
      await subject.store.idle()
      expect((await subject.store.stats()).blocks).toBe(0)
    } finally {
      await subject.store.close()
    }
  })
  return fc.check(property, {
    numRuns: options.runs,
    endOnFailure: true,
    ...(options.seed === undefined ? {} : { seed: options.seed }),
  })
}

test('does what the model says, crashes and power cuts included', async () => {
  const result = await checkModel({ runs: Number(process.env.HOLDFAST_MODEL_RUNS ?? 40) })
  console.log(`seed ${result.seed}`)
  if (result.failed) throw new Error(fc.defaultReportMessage(result), { cause: result.errorInstance })
}, 240_000)

test.each<[string, StoreFaults]>([
  ['acknowledges without a sync', { skipSync: true }],
  ['loses every seventh reference', { dropReference: everySeventh() }],
  ['does not count a root', { skipRootReference: true }],
  ['does not give the links of a block back', { skipCascade: true }],
  ['believes a torn tail', { trustTail: true }],
])(
  'the suite fails when the store %s',
  async (_, faults) => {
    expect((await checkModel({ runs: 300, seed: 7, faults })).failed).toBe(true)
  },
  240_000,
)

function everySeventh(): () => boolean {
  let count = 0
  return () => ++count % 7 === 0
}
