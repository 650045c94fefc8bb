import { randomBytes, randomUUIDv7 } from 'node:crypto'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { encode } from '@ipld/dag-cbor'
import type { CID } from 'multiformats/cid'
import { CID as Cid } from 'multiformats/cid'
import { sha256 } from 'multiformats/hashes/sha2'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { FetchLimits, FetchProgress } from '../pin-backend.ts'
import { startTestNetwork, type TestNetwork } from '../testing/test-network.ts'

let one: TestNetwork
let other: TestNetwork
beforeAll(async () => {
  ;[one, other] = await Promise.all([startTestNetwork(), startTestNetwork()])
})
afterAll(() => Promise.all([one.stop(), other.stop()]))

const limits: FetchLimits = { maxMs: 30_000, stallMs: 20_000, maxBytes: 1e9, maxBlocks: 1e6, maxDepth: 1_000 }

/** `by` pins what `from` has, told nothing but its address. */
const fetch = async (by: TestNetwork, from: TestNetwork, cid: CID, over: Partial<FetchLimits> = {}) => {
  const progress: FetchProgress[] = []
  const contentId = randomUUIDv7()
  const fetched = by.network.fetch({ contentId, cid, network: 'public', dagSize: null }, [from.address], {
    limits: { ...limits, ...over },
    onProgress: (now) => progress.push(now),
    signal: AbortSignal.timeout(60_000),
  })
  await fetched.finally(() => by.store.settle(contentId))
  return { contentId, progress }
}

describe('two platforms on one machine', () => {
  it('exchange content, each with the other, and tell how far it is', async () => {
    const [there, here] = [await one.bring(randomBytes(3_000_000)), await other.bring(randomBytes(1_000))]
    const { contentId, progress } = await fetch(other, one, there)
    expect(other.store.hasRoot(contentId)).toBe(true)
    expect(await other.store.measure({ realm: 'public', cid: there })).toEqual(
      await one.store.measure({ realm: 'public', cid: there }),
    )
    expect(progress.at(-1)).toMatchObject({ phase: 'fetching', blocks: 4 })
    expect(progress.flatMap(({ providers }) => providers)).toContainEqual({
      peerId: one.network.report().peerId,
      outcome: 'sent',
    })
    await fetch(one, other, here)
    expect(await one.store.measure({ realm: 'public', cid: here })).toMatchObject({ blocks: 1 })
    expect(one.network.report()).toMatchObject({ state: 'up', reason: null, peers: 1 })
    expect(one.network.report().sentBytes).toBeGreaterThan(3_000_000)
  })

  it('ask for nothing that is held already, nor for what is below it', async () => {
    const [bytes, chunk] = [randomBytes(3_000_000), 1_048_576]
    await other.bring(bytes.subarray(0, chunk))
    const root = await one.bring(bytes)
    const before = one.reads.count
    await fetch(other, one, root)
    expect(one.reads.count - before).toBe(3)
  })

  it.each(['cache', 'incomplete', 'private'])('never get a block of the realm %s', async (realm) => {
    const bytes = randomBytes(1_000)
    const cid = Cid.createV1(0x55, await sha256.digest(bytes))
    const upload = one.store.beginUpload({
      realm: realm === 'private' ? randomUUIDv7() : realm,
      contentId: randomUUIDv7(),
    })
    const list = upload.beginList()
    await upload.put(cid, bytes)
    await list.add(cid)
    await upload.commit(await list.finish())
    await expect(fetch(other, one, cid, { stallMs: 500 })).rejects.toMatchObject({
      code: 'no_providers',
      message: 'None of the peers has it.',
    })
  })

  it('get nothing of a DAG of which a part is nowhere', async () => {
    const missing = Cid.createV1(0x55, await sha256.digest(randomBytes(10)))
    const root = await bringPartly(one, { missing, random: randomBytes(8) })
    const failed = fetch(other, one, root, { stallMs: 3_000 })
    await expect(failed).rejects.toMatchObject({ code: 'stalled', retryable: true })
    expect(await other.store.measure({ realm: 'public', cid: root })).toBeUndefined()
  })
})

/** A block whose links are not all held: served out of a flat realm that the test calls public. */
const bringPartly = async (where: TestNetwork, value: unknown): Promise<CID> => {
  const bytes = encode(value)
  const cid = Cid.createV1(0x71, await sha256.digest(bytes))
  where.extra.set(cid.toString(), bytes)
  return cid
}

describe('a fetch', () => {
  it.each<[string, Partial<FetchLimits>]>([
    ['limit_bytes', { maxBytes: 2_000_000 }],
    ['limit_blocks', { maxBlocks: 2 }],
    ['limit_depth', { maxDepth: 1 }],
  ])('ends with %s, and leaves nothing', async (code, over) => {
    const root = await one.bring(randomBytes(3_000_000))
    const before = [...other.store.inFlight()]
    await expect(fetch(other, one, root, over)).rejects.toMatchObject({ code, retryable: false })
    expect(await other.store.measure({ realm: 'public', cid: root })).toBeUndefined()
    expect([...other.store.inFlight()]).toEqual(before)
  })

  it('ends in time, and at once when it is called off', async () => {
    const nowhere = Cid.createV1(0x55, await sha256.digest(randomBytes(10)))
    await expect(fetch(other, one, nowhere, { maxMs: 300 })).rejects.toMatchObject({ code: 'limit_time' })
    const calling = new AbortController()
    const root = { contentId: randomUUIDv7(), cid: nowhere, network: 'public', dagSize: null } as const
    const called = other.network.fetch(root, [one.address], { limits, signal: calling.signal })
    calling.abort(new Error('called off'))
    await expect(called).rejects.toThrow('called off')
  })
})

describe('the node', () => {
  it('dials nobody when the network is none, and is reached on HOST alone', async () => {
    const alone = await startTestNetwork({ network: 'none' })
    try {
      const root = await one.bring(randomBytes(100))
      await expect(fetch(alone, one, root, { stallMs: 500 })).rejects.toMatchObject({ message: 'No peer was found.' })
      expect(alone.network.report()).toMatchObject({ state: 'up', peers: 0, reason: null })
      expect(alone.network.report().addresses).toEqual([alone.address])
      await fetch(other, alone, await alone.bring(randomBytes(100)))
    } finally {
      await alone.stop()
    }
  })

  it('says that it has no peers, and that its port is taken', async () => {
    const lonely = await startTestNetwork()
    expect(lonely.network.report()).toMatchObject({ state: 'up', reason: 'no peers' })
    await lonely.stop()
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    await expect(startTestNetwork({ network: 'none', port })).rejects.toThrow(`SWARM_PORT ${port} is taken`)
    server.close()
  })

  it('has the same name at each start, out of the master key', async () => {
    expect(one.network.report().peerId).not.toBe(other.network.report().peerId)
    expect(one.network.report().peerId).toMatch(/^12D3KooW/)
  })

  it('loads no file of another language, and has no WebRTC to load', () => {
    const report = process.report.getReport() as unknown as { sharedObjects: string[] }
    expect(report.sharedObjects.filter((file) => /datachannel|webrtc|quic/.test(file))).toEqual([])
    const modules = join(import.meta.dirname, '../../../../node_modules')
    for (const name of ['@libp2p/webrtc', '@libp2p/mdns', '@libp2p/upnp-nat', 'node-datachannel', 'react-native'])
      expect([name, existsSync(join(modules, name))]).toEqual([name, false])
  })
})
