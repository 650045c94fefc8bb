import { hash, randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type KuboNode, startKuboNode } from '@packages/testkit/kubo-node'
import { startPlatform, type TestPlatform } from '@packages/testkit/start-platform'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'

/** A Kubo that has nothing to do with the platforms, and one that is theirs. */
let stranger: KuboNode
let own: KuboNode
const platforms = new Map<string, TestPlatform>()

const open = { GATEWAY_MODE: 'open', GATEWAY_FETCH_TIMEOUT: '4s', IPFS_DIAL_PRIVATE: 'yes' }
const NOBODYS = 'bafkreidon73zkcrwdb5iafqtijxildoonbwnpv7dyd6ef3qdgads2jc4su'
const sha = (bytes: Uint8Array): string => hash('sha256', bytes)
const get = async (url: string, init: RequestInit = {}) => {
  const response = await fetch(url, init)
  return { status: response.status, bytes: Buffer.from(await response.bytes()) }
}

beforeAll(async () => {
  ;[stranger, own] = await Promise.all([startKuboNode(), startKuboNode({ token: 'a-secret' })])
  await own.ipfs('swarm', 'connect', stranger.swarm)
  platforms.set(
    'embedded',
    await startPlatform({
      environment: { ...open, SWARM_PORT: '0', IPFS_NETWORK: 'public', IPFS_BOOTSTRAP: stranger.swarm },
    }),
  )
  const KUBO_NODES = JSON.stringify([{ url: own.api, token: own.token }])
  platforms.set('kubo', await startPlatform({ environment: { ...open, IPFS_BACKEND: 'kubo', KUBO_NODES } }))
  const { metricsUrl } = platforms.get('embedded') as TestPlatform
  await vi.waitFor(async () => expect(await (await fetch(metricsUrl)).text()).toContain('ipfs_peers_connected 1'), {
    timeout: 30_000,
    interval: 200,
  })
})
afterAll(async () => {
  await Promise.all([...platforms.values()].map((platform) => platform.stop()))
  await Promise.all([stranger?.stop(), own?.stop()])
})

it.each(['embedded', 'kubo'])(
  'a stranger’s file, folder and CAR are fetched by the backend %s, and what nobody has is 504',
  async (backend) => {
    const { gatewayUrl } = platforms.get(backend) as TestPlatform
    const body = randomBytes(2_000_000)
    const file = join(stranger.directory, 'file')
    await writeFile(file, body)
    const cid = await stranger.ipfs('add', '-Q', '--cid-version=1', '--chunker=size-262144', file)
    const range = await get(`${gatewayUrl}/ipfs/${cid}`, { headers: { range: 'bytes=1999990-' } })
    expect([range.status, range.bytes]).toEqual([206, body.subarray(1_999_990)])
    const whole = await get(`${gatewayUrl}/ipfs/${cid}`)
    expect([whole.status, sha(whole.bytes)]).toEqual([200, sha(body)])
    const car = await get(`${gatewayUrl}/ipfs/${cid}?format=car`)
    const theirs = await get(`${stranger.gateway}/ipfs/${cid}?format=car`)
    expect([car.status, sha(car.bytes)]).toEqual([200, sha(theirs.bytes)])
    await writeFile(file, `in a folder for ${backend}`)
    const folder = await stranger.ipfs('add', '-Qw', '--cid-version=1', file)
    expect((await get(`${gatewayUrl}/ipfs/${folder}/file`)).bytes.toString()).toBe(`in a folder for ${backend}`)
    expect((await get(`${gatewayUrl}/ipfs/${folder}/other`)).status).toBe(404)
    expect((await get(`${gatewayUrl}/ipfs/${NOBODYS}`)).status).toBe(504)
    expect(
      (await get(`${gatewayUrl}/ipfs/${NOBODYS}`, { headers: { 'cache-control': 'only-if-cached' } })).status,
    ).toBe(412)
  },
)
