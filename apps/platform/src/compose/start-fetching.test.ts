import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BlockStore } from '@packages/content/block-store/block-store'
import { textBlock } from '@packages/content/block-store/test-dags'
import { NETWORK_CACHE_REALM } from '@packages/content/cache/block-cache'
import { loadConfig } from '@packages/runtime/config'
import { silentLogger } from '@packages/runtime/minimal-logger'
import { ServiceStack } from '@packages/runtime/service-stack'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { startFetchedCache } from './start-fetching.ts'

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
): Promise<void> => {
  const stack = new ServiceStack({ logger })
  const config = loadConfig({ DATA_DIR: dataDir, MIN_FREE_BYTES: '0', ...environment })
  await use(await startFetchedCache(config, { stack, store, logger }))
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
