import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BlockStore } from '@packages/content/block-store/block-store'
import { rawBlock, textBlock } from '@packages/content/block-store/test-dags'
import { type BlockCache, NETWORK_CACHE_REALM } from '@packages/content/cache/block-cache'
import { loadConfig } from '@packages/runtime/config'
import { silentLogger } from '@packages/runtime/minimal-logger'
import { ServiceStack } from '@packages/runtime/service-stack'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type FetchedCacheParts, startFetchedCache } from './start-fetching.ts'

const logger = silentLogger
const OPEN = { GATEWAY_MODE: 'open', IPFS_NETWORK: 'public', SWARM_PORT: '0' }
const { cid, bytes } = textBlock('what a stranger had fetched')

let dataDir: string
let store: BlockStore
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'hf-fetched-'))
  store = await BlockStore.open({ directory: join(dataDir, 'store'), noIndexSync: true })
})
afterEach(async () => {
  await store.close()
  await rm(dataDir, { recursive: true, force: true })
})

/** Runs `use` between a start with these settings and the stop. */
const during = async (
  environment: Record<string, string>,
  use: (cache: Awaited<ReturnType<typeof startFetchedCache>>) => Promise<void> | void,
  more: Pick<FetchedCacheParts, 'freeSpace' | 'everyMs'> = {},
): Promise<void> => {
  const stack = new ServiceStack({ logger })
  const config = loadConfig({ DATA_DIR: dataDir, MIN_FREE_BYTES: '0', ...environment })
  await use(await startFetchedCache(config, { stack, store, logger, ...more }))
  await stack.stop()
}

const isHere = (): boolean => store.reader(NETWORK_CACHE_REALM).locate(cid) !== undefined

it('what was fetched outlives a restart in mode open, and goes at the first start in mode pinned', async () => {
  await during(OPEN, (cache) => cache.keep(cid, bytes))
  expect(isHere()).toBe(true)
  await during(OPEN, async (cache) => {
    expect([cache.bytes, await cache.get(cid)]).toEqual([bytes.length, Buffer.from(bytes)])
  })
  await during({}, async (cache) => {
    expect([cache.bytes, await cache.get(cid)]).toEqual([0, undefined])
    cache.keep(cid, bytes)
  })
  await store.idle()
  expect(isHere()).toBe(false)
})

it('what was fetched has no more of the disk than it leaves to uploads, and goes as they take it', async () => {
  const MEBIBYTE = 2 ** 20
  let disk = 64 * MEBIBYTE
  const freeSpace = async (): Promise<number> => disk - (await store.stats()).bytes
  const environment = { ...OPEN, MIN_FREE_BYTES: '32MiB' }
  const keepMuch = async (cache: BlockCache): Promise<void> => {
    for (let turn = 0; turn < 40; turn++) {
      const block = rawBlock(randomBytes(MEBIBYTE))
      cache.keep(block.cid, block.bytes)
      await cache.flush()
    }
  }
  await during(
    environment,
    async (cache) => {
      await keepMuch(cache)
      expect(cache.bytes).toBeGreaterThan(8 * MEBIBYTE)
      expect((await freeSpace()) - 32 * MEBIBYTE).toBeGreaterThanOrEqual(cache.bytes)
      // An upload takes most of what is left.
      disk -= (await freeSpace()) - 36 * MEBIBYTE
      await expect.poll(() => cache.bytes).toBeLessThanOrEqual(4 * MEBIBYTE)
      expect(cache.bytes).toBeGreaterThan(0)
      disk = 32 * MEBIBYTE
      await expect.poll(() => cache.bytes).toBe(0)
      await keepMuch(cache)
      expect(cache.bytes).toBe(0)
    },
    { freeSpace, everyMs: 20 },
  )
})
