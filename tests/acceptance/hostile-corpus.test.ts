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
/**
 * V8 lets garbage pile up while there is memory, which says nothing about what is needed. So the heap of each process is bounded: who
 * needed more would end. (All passes with 128 too.)
 */
const HEAP_MB = 192
/** The rest is buffers outside of the heap, and pages of the index and of PostgreSQL. */
const MAX_GROWTH = 192 * MB
/** What one answer may take on a busy machine, and how much of it is read. */
const PATIENCE_MS = 30_000
const READ_BYTES = 2 * MB

let platform: SpawnedPlatform
let session: Session
let key: string
let idle = 0
let peak = 0
let served = 0
const over = new AbortController()
const background: Promise<unknown>[] = []

const memory = async (): Promise<number> => proportionalMemory(await processTree(platform.pid))
const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0

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

const sampling = async (): Promise<void> => {
  while (!over.signal.aborted) {
    peak = Math.max(peak, await memory())
    await sleep(200)
  }
}

beforeAll(async () => {
  platform = await spawnPlatform({
    environment: {
      RATE_LIMIT_ANONYMOUS: '0',
      RATE_LIMIT_CREDENTIAL: '0',
      NODE_OPTIONS: `--max-old-space-size=${HEAP_MB}`,
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
  const first = await sendCar({ apiUrl: platform.apiUrl, key }, () => [good])
  expect(first.status, JSON.stringify(first.body)).toBe(201)
  await (await get(`${platform.apiUrl}/api/v1/files/${text(root.cid)}/car`)).arrayBuffer()
  await sleep(5_000)
  const samples: number[] = []
  for (let n = 0; n < 10; n++) {
    samples.push(await memory())
    await sleep(200)
  }
  idle = median(samples)
  background.push(goodClient(), sampling())
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

test(`the memory of all processes has grown by less than ${MAX_GROWTH / MB} MB, and everybody else was served`, async () => {
  const words = `PSS: idle ${Math.round(idle / MB)} MB, peak ${Math.round(peak / MB)} MB; ${served} good clients served`
  console.log(words)
  over.abort()
  await Promise.all(background)
  expect(idle, words).toBeGreaterThan(50 * MB)
  expect(peak - idle, words).toBeLessThan(MAX_GROWTH)
  expect(served, words).toBeGreaterThan(20)
  // Nothing of what was refused or deleted is listed.
  const names = (await session.listAll()).map(({ name }) => name)
  expect(names.filter((name) => !/^good-\d+\.txt$/.test(name))).toHaveLength(1)
})
