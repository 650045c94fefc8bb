import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { callJson } from '@packages/testkit/http-client'
import { type KuboNode, startKuboNode } from '@packages/testkit/kubo-node'
import { startPlatform, type TestPlatform } from '@packages/testkit/start-platform'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'

/**
 * A network on loopback: a platform, a real Kubo that is nobody's, and another one that both know as their first peer and that has nothing. Neither
 * knows the other; what one of them gets of the other it finds by the DHT.
 */
let hub: KuboNode
let stranger: KuboNode
let platform: TestPlatform
let key: string
const PATIENCE = { timeout: 60_000, interval: 250 }

beforeAll(async () => {
  hub = await startKuboNode({ routing: 'dht' })
  ;[stranger, platform] = await Promise.all([
    startKuboNode({
      routing: 'dht',
      configure: (config) => {
        config.Bootstrap = [hub.swarm]
      },
    }),
    startPlatform({
      environment: {
        SWARM_PORT: '0',
        IPFS_NETWORK: 'public',
        IPFS_DIAL_PRIVATE: 'yes',
        IPFS_BOOTSTRAP: hub.swarm,
      },
    }),
  ])
  key = await platform.apiKey()
  await vi.waitUntil(async () => (await peersOf(hub)).length === 2, PATIENCE)
  // A DHT counts who is asked first: it has to know them.
  await vi.waitUntil(async () => (await health()).announcing.obstacle === null, PATIENCE)
})
afterAll(async () => {
  await platform?.stop()
  for (const node of [stranger, hub]) await node?.[Symbol.asyncDispose]()
})

const peersOf = async (node: KuboNode): Promise<string[]> =>
  (await node.ipfs('swarm', 'peers')).split('\n').filter((line) => line !== '')
const api = <T>(path: string, options: { method?: string } = {}): Promise<T> =>
  callJson<T>(`${platform.apiUrl}/api/v1${path}`, { token: key, ...options })
type Status = {
  status: string
  network?: { state: string; ours: boolean; providers: string[]; announcedAt: string | null }
}
const pinOf = async (cid: string, query = ''): Promise<Status | undefined> =>
  (await api<{ pins: Status[] }>(`/pins/${cid}/status${query}`)).pins[0]
type Health = {
  announcing: { obstacle: string | null; queued: number }
  network: { peerId: string }
}
const health = async (): Promise<Health> => {
  const { accessToken: token } = await platform.logIn()
  return (await callJson<{ detail: Health }>(`${platform.apiUrl}/health/ipfs`, { token })).detail
}

describe('by the DHT alone', () => {
  it('a Kubo that is nobody’s finds and fetches what is pinned here, and we say that it is found', async () => {
    const bytes = randomBytes(3_000_000)
    const { cid } = (await platform.upload(key, bytes, 'a.bin')).file
    const peer = (await health()).network.peerId
    await vi.waitUntil(async () => (await stranger.ipfs('routing', 'findprovs', cid)).includes(peer), PATIENCE)
    // The DHT may have introduced them: without a connection it is the record alone that leads here.
    for (const line of await peersOf(stranger))
      if (line.includes(peer)) await stranger.ipfs('swarm', 'disconnect', line)
    await stranger.ipfs('pin', 'add', '--progress=false', cid)
    expect(await stranger.ipfs('dag', 'stat', '--progress=false', '--enc=json', cid)).toContain('"NumBlocks":4')
    const status = await pinOf(cid, '?check=network')
    expect(status).toMatchObject({ status: 'pinned', network: { state: 'found', ours: true } })
    expect(status?.network?.announcedAt).not.toBeNull()
  })

  it('we find and pin what it has, told nothing but the CID', async () => {
    const file = join(stranger.directory, 'file')
    await writeFile(file, randomBytes(1_000_000))
    const cid = await stranger.ipfs('add', '-Q', '--cid-version=1', file)
    await vi.waitUntil(async () => (await hub.ipfs('routing', 'findprovs', cid)).includes(stranger.peerId), PATIENCE)
    await api(`/pins/${cid}`, { method: 'POST' })
    await vi.waitUntil(async () => (await pinOf(cid))?.status === 'pinned', PATIENCE)
    expect((await pinOf(cid, '?check=network'))?.network).toMatchObject({ state: 'found' })
  })

  it('a CID that nobody has is not found, which is another word than not knowing', async () => {
    const cid = 'bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku'
    await api(`/pins/${cid}`, { method: 'POST' })
    expect((await pinOf(cid, '?check=network'))?.network).toMatchObject({ state: 'not_found', providers: [] })
  })

  it('nobody has spoken to anybody outside of this machine', async () => {
    for (const node of [hub, stranger])
      for (const peer of await peersOf(node)) expect(peer).toMatch(/^\/ip4\/127\.0\.0\.1\//)
  })
})
