import { setTimeout as sleep } from 'node:timers/promises'
import { processTree, proportionalMemory } from '@packages/testkit/process-tree'
import { spawnPlatform } from '@packages/testkit/spawn-platform'
import { expect, test } from 'vitest'
import { digestOf, generatedBytes } from './generated-bytes.ts'
import { setUp } from './session.ts'
import { streamUpload } from './stream-upload.ts'

const MB = 1_000_000
const GIB = 1024 ** 3
/** `npm run ci:long` takes the whole 4 GiB. */
const SIZE = process.env.LONG === '1' ? 4 * GIB : GIB

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0

test(`memory: at most 500 MB idle, at most 150 MB more while ${SIZE / GIB} GiB goes up and comes down`, async () => {
  await using platform = await spawnPlatform()
  const { key } = await setUp(platform)
  const memory = async (): Promise<number> => proportionalMemory(await processTree(platform.pid))

  // One small file first, so that what is loaded on first use is not counted as growth.
  await streamUpload({ apiUrl: platform.apiUrl, key, name: 'first', size: 1000, source: generatedBytes(1000, 1) })
  await sleep(5_000)
  const idleSamples: number[] = []
  for (let n = 0; n < 10; n++) {
    idleSamples.push(await memory())
    await sleep(300)
  }
  const idle = median(idleSamples)

  let peak = 0
  const over = new AbortController()
  const sampling = (async () => {
    while (!over.signal.aborted) {
      peak = Math.max(peak, await memory())
      await sleep(250)
    }
  })()
  const { file } = await streamUpload({
    apiUrl: platform.apiUrl,
    key,
    name: 'big.bin',
    size: SIZE,
    source: generatedBytes(SIZE, 2),
  })
  const up = peak
  const answer = await fetch(`${platform.gatewayUrl}/ipfs/${file.cid}`)
  const { sha256, size } = await digestOf(answer.body)
  over.abort()
  await sampling
  const words = `PSS: idle ${Math.round(idle / MB)} MB, peak up ${Math.round(up / MB)} MB, peak ${Math.round(peak / MB)} MB`
  console.log(words)
  expect(size).toBe(SIZE)
  expect(sha256).toBe((await digestOf(generatedBytes(SIZE, 2))).sha256)
  expect(idle, words).toBeGreaterThan(50 * MB)
  expect(idle, words).toBeLessThanOrEqual(500 * MB)
  expect(peak - idle, words).toBeLessThanOrEqual(150 * MB)
})
