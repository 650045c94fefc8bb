import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { BlockStore } from './block-store.ts'
import { crashDag } from './test-crash-dag.ts'
import { problemsOf, readsBack, testFolders } from './test-dags.ts'

const CYCLES = Number(process.env.HOLDFAST_KILL_CYCLES ?? 12)

/** mulberry32: small, and the same everywhere. */
const random = (seed: number) => {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** `last`: what was said last of each content id. */
type Told = { held: Set<string>; asked: Set<string>; releasing: Set<string>; last: Map<string, string>; next: number }

/** Runs the process until it is killed; returns what it said. */
const runAndKill = async (directory: string, told: Told, afterMs: number): Promise<void> => {
  const args = [directory, String(told.next), [...told.held].join()]
  const child = spawn(process.execPath, [join(import.meta.dirname, 'test-crash-process.ts'), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = once(child, 'exit')
  const lines = createInterface({ input: child.stdout })
  const closed = once(lines, 'close')
  const ready = Promise.withResolvers<void>()
  lines.on('line', (line) => {
    const [what, id = ''] = line.split(' ')
    if (what === 'ready') ready.resolve()
    if (id !== '') told.last.set(id, what ?? '')
    told.next = Math.max(told.next, Number.parseInt(id, 10) + 1 || 0)
    if (what === 'put') told.asked.add(id)
    if (what === 'put-done') told.held.add(id)
    if (what === 'put-done' || what === 'put-refused') told.asked.delete(id)
    if (what === 'release') {
      told.held.delete(id)
      told.releasing.add(id)
    }
    if (what === 'release-done') told.releasing.delete(id)
  })
  await Promise.race([ready.promise, exited])
  await sleep(afterMs)
  child.kill('SIGKILL')
  await exited
  await closed
}

/** Segments whose title says that a compaction wrote them. */
const countCompacted = async (directory: string): Promise<number> => {
  let count = 0
  for (const name of await readdir(join(directory, 'segments')))
    if ((await readFile(join(directory, 'segments', name))).subarray(0, 64).includes('hfs1c')) count++
  return count
}

const dagOf = (id: string) => crashDag(Number(id.slice(id.indexOf('a') + 1)))

test(`after ${CYCLES} kills at random points everything acknowledged is there`, async () => {
  await using folders = testFolders()
  const directory = await folders.make()
  const seed = Number(process.env.HOLDFAST_KILL_SEED ?? Date.now() % 1_000_000)
  const next = random(seed)
  const told: Told = { held: new Set(), asked: new Set(), releasing: new Set(), last: new Map(), next: 0 }
  let recovered = 0
  let rewritten = 0
  let wasLost = false
  // A busy machine may not get as far as a compaction in so few.
  for (let cycle = 0; cycle < CYCLES || (rewritten === 0 && cycle < 4 * CYCLES); cycle++) {
    await runAndKill(directory, told, 10 + next() * 200)
    const isLost = cycle % 4 === 3
    if (isLost) await rm(join(directory, 'index'), { recursive: true, force: true })
    wasLost ||= isLost
    const store = await BlockStore.open({ directory, sliceBlocks: 32 })
    recovered += store.recovery.recovered
    await store.idle()
    for (const id of told.held) {
      expect(store.hasRoot(id), `${id}, seed ${seed}, cycle ${cycle}`).toBe(true)
      expect(await readsBack(store, dagOf(id)), id).toBe(true)
    }
    // What was asked for and not acknowledged is there in whole, or not at all.
    for (const id of [...told.asked, ...told.releasing]) {
      if (store.hasRoot(id)) expect(await readsBack(store, dagOf(id)), id).toBe(true)
      if (store.hasRoot(id)) told.held.add(id)
    }
    told.asked.clear()
    told.releasing.clear()
    // Of what was refused a lost index knows nothing before the marker that ends it: nobody has it, and the orphan check drops it.
    for (const [id, last] of told.last)
      if (isLost && last === 'put-refused' && store.hasRoot(id)) await store.release(id)
    const others = [...told.last].filter(([id]) => store.hasRoot(id) && !told.held.has(id))
    expect(others, `seed ${seed}, cycle ${cycle}`).toEqual([])
    expect((await store.stats()).roots).toBe(told.held.size)
    // A lost index leaves tails that nobody can explain any more, and that verify tells of.
    const problems = await problemsOf(store)
    expect(wasLost ? problems.filter(({ kind }) => kind !== 'damaged-segment') : problems).toEqual([])
    rewritten += await countCompacted(directory)
    await store.close()
  }
  console.log(
    `seed ${seed}: ${told.next} operations, ${recovered} rolled forward, ${rewritten} segments by compactions`,
  )
  expect(rewritten).toBeGreaterThan(0)
  expect(told.next).toBeGreaterThan(CYCLES)
}, 240_000)
