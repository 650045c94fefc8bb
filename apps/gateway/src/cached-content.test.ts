import { randomUUIDv7 } from 'node:crypto'
import { cacheCar, evictCache } from '@packages/content/car/cache-car'
import { carV1, cborBlock, inPieces, rawBlock } from '@packages/content/car/test-cars'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openHeldBlocks } from './content/open-held-blocks.ts'
import { startTestGateway, type TestGateway } from './test-support/start-test-gateway.ts'

const [there, gone] = [rawBlock('cached, and pinned by nobody'), rawBlock('not in the CAR')]
const root = cborBlock({ there: there.cid, gone: gone.cid })

let t: TestGateway
beforeAll(async () => {
  t = await startTestGateway()
})
afterAll(() => t?.stop())

const cache = () =>
  cacheCar(inPieces(carV1([root.cid], [root, there])), {
    store: t.store,
    contentId: randomUUIDv7(),
    maxBytes: 10_000,
  })

const get = async (path: string, init: RequestInit = {}): Promise<[number, string]> => {
  const response = await fetch(`${t.url}${path}`, init)
  return [response.status, await response.text()]
}

it('serves the blocks of a CAR that nobody has pinned, also of a DAG that lacks some, until they are let go', async () => {
  const path = `/ipfs/${root.cid}`
  expect((await get(`${path}/there`))[0]).toBe(404)
  await cache()
  expect(await get(`${path}/there`)).toEqual([200, 'cached, and pinned by nobody'])
  expect((await get(`/ipfs/${there.cid}?format=raw`))[0]).toBe(200)
  expect((await get(`/ipfs/${there.cid}`, { method: 'HEAD' }))[0]).toBe(200)
  expect((await get(`${path}/gone`))[0]).toBe(404)
  const ifCached = { headers: { 'Cache-Control': 'only-if-cached' } }
  for (const lacking of [`${path}/gone`, `${path}/gone?format=raw`, `${path}/gone?format=car`])
    expect((await get(lacking, ifCached))[0]).toBe(412)
  expect((await get(`${path}/nothing`, ifCached))[0]).toBe(404)
  expect(await evictCache(t.store, 0)).toBe(1)
  expect((await get(`${path}/there`))[0]).toBe(404)
  expect((await get(`/ipfs/${there.cid}?format=raw`))[0]).toBe(404)
})

it('what is pinned stays served when the same blocks are let go from the cache', async () => {
  const file = await t.upload(there.bytes)
  expect(file.cid).toBe(there.cid.toString())
  await cache()
  await evictCache(t.store, 0)
  expect(await get(`/ipfs/${there.cid}`)).toEqual([200, 'cached, and pinned by nobody'])
  await cache()
  await t.remove(file)
  expect(await get(`/ipfs/${there.cid}`)).toEqual([200, 'cached, and pinned by nobody'])
  await evictCache(t.store, 0)
  expect((await get(`/ipfs/${there.cid}`))[0]).toBe(404)
})

it('a process that does not hold the writer reads what is cached, from its first block on', async () => {
  const blocks = await openHeldBlocks({ directory: t.directory, realm: 'public' })
  await cache()
  const target = Buffer.alloc(there.bytes.length)
  expect(blocks.sizeOf(there.cid)).toBe(target.length)
  await blocks.read(there.cid, 0, target)
  expect(target.toString()).toBe('cached, and pinned by nobody')
  await blocks.close()
})
