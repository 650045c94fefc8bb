import { hash, randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startTestDatabase } from '@packages/db/test-database'
import { type KuboNode, startKuboNode } from '@packages/testkit/kubo-node'
import { startRedis } from '@packages/testkit/redis-server'
import { spawnPlatform } from '@packages/testkit/spawn-platform'
import { startPlatform, type TestPlatform } from '@packages/testkit/start-platform'
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from 'vitest'

/** A Kubo that has nothing to do with the platforms, and one that is theirs. */
let stranger: KuboNode
let own: KuboNode
const platforms = new Map<string, TestPlatform>()

const open = { GATEWAY_MODE: 'open', GATEWAY_FETCH_TIMEOUT: '4s', IPFS_DIAL_PRIVATE: 'yes' }
const NOBODYS = 'bafkreidon73zkcrwdb5iafqtijxildoonbwnpv7dyd6ef3qdgads2jc4su'
const byKubo = () => ({
  IPFS_BACKEND: 'kubo',
  KUBO_NODES: JSON.stringify([{ url: own.api, token: own.token }]),
})
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
  platforms.set('kubo', await startPlatform({ environment: { ...open, ...byKubo() } }))
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

it('a gateway in a process of its own fetches by Kubo and keeps nothing; quotas are shared in Redis, and while it is lost each process counts for itself', async () => {
  await using redis = await startRedis()
  const database = await startTestDatabase()
  onTestFinished(() => database.stop())
  const dataDir = await mkdtemp(join(tmpdir(), 'hf-open-'))
  onTestFinished(() => rm(dataDir, { recursive: true, force: true, maxRetries: 5 }))
  const environment = {
    ...open,
    ...byKubo(),
    DATABASE_URL: database.url,
    REDIS_URL: redis.url,
    GATEWAY_WORKERS: '1',
    GATEWAY_FETCH_QUOTA: '4',
    GATEWAY_FETCH_WINDOW: '1h',
    TRUSTED_PROXIES: '127.0.0.1',
  }
  await using whole = await startPlatform({ dataDir, environment })
  await using alone = await spawnPlatform({ dataDir, environment: { ...environment, ROLES: 'gateway' } })

  const folder = join(stranger.directory, 'many')
  await mkdir(folder)
  for (let at = 0; at < 13; at++) await writeFile(join(folder, `${at}`), `${at} by a stranger`)
  const cids = (await stranger.ipfs('add', '-rq', '--cid-version=1', folder)).split('\n')
  const ask = ({ gatewayUrl }: { gatewayUrl: string }, client = '192.0.2.1') =>
    get(`${gatewayUrl}/ipfs/${cids.shift()}`, { headers: { 'x-forwarded-for': client } })

  const [first = ''] = cids
  const answer = await ask(alone)
  expect([answer.status, answer.bytes.toString()]).toEqual([200, expect.stringMatching(/^\d+ by a stranger$/)])
  expect(await own.ipfs('block', 'stat', '--offline', first)).toContain(first)
  const cached = { headers: { 'cache-control': 'only-if-cached' } }
  expect((await get(`${alone.gatewayUrl}/ipfs/${first}`, cached)).status).toBe(412)

  const statuses = async (...gateways: { gatewayUrl: string }[]): Promise<number[]> => {
    const given: number[] = []
    for (const gateway of gateways) given.push((await ask(gateway)).status)
    return given
  }
  expect(await statuses(whole, alone, whole, alone, whole)).toEqual([200, 200, 200, 429, 429])
  expect((await ask(whole, '192.0.2.2')).status).toBe(200)
  await redis.kill()
  expect(await statuses(alone, alone, alone, alone, alone)).toEqual([200, 200, 200, 200, 429])
  expect((await ask(whole)).status).toBe(200)
})
