import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { processTree, proportionalMemory } from '@packages/testkit/process-tree'
import { type SpawnedPlatform, spawnPlatform } from '@packages/testkit/spawn-platform'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { car, linkList, raw, text } from './hostile/build-dag.ts'
import { hostileCars } from './hostile/hostile-cars.ts'
import { hostileDags } from './hostile/hostile-dags.ts'
import { sendCar } from './hostile/send-car.ts'
import { Session, setUp } from './session.ts'

const MB = 1_000_000
const HELD = 'bytes held: '
/**
 * V8 lets garbage pile up while there is memory, which says nothing about what is needed. So the heap of each process is bounded: who
 * needed more would end. (All passes with 128 too.)
 */
const HEAP_MB = 192
/**
 * Of what is held; and of all memory at the peak, which has garbage and what malloc keeps in it, above that of honest work.
 */
const MAX_GROWTH = 64 * MB
const MAX_PEAK_GROWTH = 192 * MB
const COLLECT_GARBAGE = new URL('hostile/collect-garbage.ts', import.meta.url).href
/** What one answer may take on a busy machine, and how much of it is read. */
const PATIENCE_MS = 30_000
const READ_BYTES = 2 * MB

let platform: SpawnedPlatform
let session: Session
let key: string
/** What was held after honest work, and all memory (PSS) at its peak. */
let before = 0
let honest = 0
let peak = 0
let served = 0
const over = new AbortController()
const background: Promise<unknown>[] = []

const memory = async (): Promise<number> => proportionalMemory(await processTree(platform.pid))

/** What everybody else does meanwhile. */
const goodClient = async (): Promise<void> => {
  for (let n = 0; !over.signal.aborted; n++) {
    const { file } = await session.upload(`good content ${n}`, { name: `good-${n}.txt` })
    const answer = await fetch(`${platform.gatewayUrl}/ipfs/${file.cid}`)
    expect(await answer.text()).toBe(`good content ${n}`)
    served++
    await sleep(100)
  }
}

const sampling = async (until: AbortSignal, sample: (bytes: number) => void): Promise<void> => {
  while (!until.aborted) {
    sample(await memory())
    await sleep(200)
  }
}

const told = (): string[] =>
  platform
    .output()
    .split('\n')
    .filter((line) => line.startsWith(HELD))

/** What the Node processes hold when nothing is asked and their garbage is gone, in bytes: `collect-garbage.ts` tells it. */
const held = async (): Promise<number> => {
  await sleep(2_000)
  const before = told().length
  let asked = 0
  for (const pid of await processTree(platform.pid)) {
    const program = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
    if (!program.includes('/bin/node\0')) continue
    process.kill(pid, 'SIGUSR2')
    asked++
  }
  for (const end = Date.now() + PATIENCE_MS; told().length < before + asked && Date.now() < end; ) await sleep(100)
  expect(told().length - before).toBe(asked)
  return told()
    .slice(before)
    .reduce((sum, line) => sum + Number(line.slice(HELD.length)), 0)
}

beforeAll(async () => {
  platform = await spawnPlatform({
    environment: {
      RATE_LIMIT_ANONYMOUS: '0',
      RATE_LIMIT_CREDENTIAL: '0',
      NODE_OPTIONS: `--max-old-space-size=${HEAP_MB} --import ${COLLECT_GARBAGE}`,
    },
  })
  key = (await setUp(platform)).key
  session = new Session(platform, key)
  // What is loaded and allocated by honest work is no growth: a good CAR of large and of many small blocks, in and out.
  const large = Array.from({ length: 32 }, (_, index) => raw(Buffer.alloc(2 ** 20, index)))
  const small = Array.from({ length: 50_000 }, (_, index) => raw(`a small block ${index}`))
  const lists = Array.from({ length: 50 }, (_, index) => linkList(small.slice(index * 1_000, (index + 1) * 1_000)))
  const root = linkList([...large, ...lists])
  const good = car([root.cid], [root, ...large, ...lists, ...small])
  const done = new AbortController()
  const sampled = sampling(done.signal, (bytes) => (honest = Math.max(honest, bytes)))
  for (let n = 0; n < 2; n++) {
    const taken = await sendCar({ apiUrl: platform.apiUrl, key }, () => [good])
    expect(taken.status, JSON.stringify(taken.body)).toBe(201)
    await (await get(`${platform.apiUrl}/api/v1/files/${text(root.cid)}/car`)).arrayBuffer()
    await (await get(`${platform.gatewayUrl}/ipfs/${text(root.cid)}?format=car`)).arrayBuffer()
  }
  // A large directory, and as many requests at once as there are connections to the database.
  const folder = new FormData()
  for (let n = 0; n < 5_000; n++) folder.append('file', new Blob([`entry ${n}`]), `good/entry-${n}.txt`)
  const headers = { authorization: `Bearer ${key}` }
  const made = await fetch(`${platform.apiUrl}/api/v1/files/upload`, { method: 'POST', headers, body: folder })
  expect(made.status).toBe(201)
  const { file } = (await made.json()) as { file: { cid: string } }
  expect(await (await get(`${platform.gatewayUrl}/ipfs/${file.cid}/`)).text()).toContain('entry-4999.txt')
  await Promise.all(Array.from({ length: 40 }, () => session.listPage()))
  done.abort()
  await sampled
  before = await held()
  background.push(
    goodClient(),
    sampling(over.signal, (bytes) => (peak = Math.max(peak, bytes))),
  )
})

afterAll(async () => {
  over.abort()
  await Promise.allSettled(background)
  await platform?.[Symbol.asyncDispose]()
})

// Where the peak comes from is told with the test that made it.
let highest = 0
afterEach(({ task }) => {
  if (peak > highest + 8 * MB) console.log(`PSS: ${Math.round(peak / MB)} MB after "${task.name}"`)
  highest = Math.max(highest, peak)
})

const get = (url: string): Promise<Response> =>
  fetch(url, {
    headers: { authorization: `Bearer ${key}`, accept: '*/*' },
    signal: AbortSignal.timeout(PATIENCE_MS),
  })

/** Reads the beginning of an answer, and leaves the rest; a connection that is cut is an answer too. */
const beginning = async (answer: Response): Promise<string> => {
  const pieces: Uint8Array[] = []
  let size = 0
  try {
    for await (const piece of answer.body ?? []) {
      pieces.push(piece)
      size += piece.length
      if (size > READ_BYTES) break
    }
  } catch {
    // The head was sent before the lie was met.
  }
  return Buffer.concat(pieces).toString('latin1')
}

describe('a CAR that is made to hurt is refused', () => {
  test.each(hostileCars)('$name', async ({ car: made, codes }) => {
    const { status, body } = await sendCar({ apiUrl: platform.apiUrl, key }, made)
    expect(status, JSON.stringify(body)).toBeGreaterThanOrEqual(400)
    expect(status, JSON.stringify(body)).toBeLessThan(500)
    expect(codes, JSON.stringify(body)).toContain(body.code)
  })
})

describe('a DAG that is made to hurt costs next to nothing', () => {
  test.each(hostileDags)('$name', async ({ blocks: make, statuses, below = {} }) => {
    const blocks = make()
    const root = text((blocks.at(-1) as (typeof blocks)[0]).cid)
    const taken = await sendCar({ apiUrl: platform.apiUrl, key }, () => [car([blocks.at(-1)?.cid as Buffer], blocks)])
    expect(taken.status, JSON.stringify(taken.body)).toBe(201)

    const started = performance.now()
    const answer = await get(`${platform.gatewayUrl}/ipfs/${root}`)
    const page = await beginning(answer)
    expect(statuses, page.slice(0, 500)).toContain(answer.status)
    expect(page).not.toMatch(/href="(?:\.\.?\/|[^"]*\/\.\.\/)[^"]*passwd/)
    for (const [path, expected] of Object.entries(below)) {
      const one = await get(`${platform.gatewayUrl}/ipfs/${root}/${path}`)
      expect(expected, `${path}: ${await beginning(one)}`).toContain(one.status)
    }
    const exported = await get(`${platform.apiUrl}/api/v1/files/${root}/car`)
    expect([200, 501]).toContain(exported.status)
    await beginning(exported)
    expect((await get(`${platform.apiUrl}/api/v1/files/${root}/car?path=..%2Fx`)).status).toBe(400)
    expect(performance.now() - started).toBeLessThan(PATIENCE_MS)
    expect(await session.delete(root)).toBeLessThan(300)
  })
})

test(`what all processes hold has grown by less than ${MAX_GROWTH / MB} MB, and everybody else was served`, async () => {
  over.abort()
  await Promise.all(background)
  const after = await held()
  const [first, last, most, reached] = [before, after, honest, peak].map((bytes) => Math.round(bytes / MB))
  const words = `held: ${first} MB after honest work, ${last} MB after the corpus; PSS: ${most} MB at the peak of the one, ${reached} MB of the other; ${served} good clients served`
  console.log(words)
  expect(before, words).toBeGreaterThan(50 * MB)
  expect(after - before, words).toBeLessThan(MAX_GROWTH)
  expect(peak - honest, words).toBeLessThan(MAX_PEAK_GROWTH)
  expect(served, words).toBeGreaterThan(20)
  // Nothing of what was refused or deleted is listed.
  const names = (await session.listAll()).map(({ name }) => name)
  // The honest CAR, twice, and the honest folder.
  expect(names.filter((name) => !/^good-\d+\.txt$/.test(name))).toHaveLength(3)
})
