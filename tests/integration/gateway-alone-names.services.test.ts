import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startTestDatabase, type TestDatabase } from '@packages/db/test-database'
import { type KuboNode, startKuboNode } from '@packages/testkit/kubo-node'
import { type KuboProxy, startKuboProxy } from '@packages/testkit/kubo-proxy'
import { type SpawnedPlatform, spawnPlatform } from '@packages/testkit/spawn-platform'
import { startPlatform, type TestPlatform } from '@packages/testkit/start-platform'
import { afterAll, beforeAll, expect, it } from 'vitest'

/** Its bytes are in the CID. */
const VALUE = '/ipfs/bafkqabtimvwgy3yk'
const QUOTA = 12
/** As long as a walk may take, and a second for this machine. */
const WALK_MS = 11_000

/** A Kubo that has nothing to do with the platform, and three that are its own: one public, one that is connected to nobody, one in a network of its own. */
let stranger: KuboNode
let own: KuboNode
let lonely: KuboNode
let vault: KuboNode
let ownProxy: KuboProxy
let vaultProxy: KuboProxy
let database: TestDatabase
let dataDir: string
let whole: TestPlatform

beforeAll(async () => {
  const swarmKey = randomBytes(32).toString('hex')
  ;[stranger, own, lonely, vault, database, dataDir] = await Promise.all([
    startKuboNode({ routing: 'dht' }),
    startKuboNode({ routing: 'dht', token: 'a-secret' }),
    startKuboNode({ routing: 'dht', token: 'a-third-secret' }),
    startKuboNode({ swarmKey, token: 'another-secret' }),
    startTestDatabase(),
    mkdtemp(join(tmpdir(), 'hf-alone-')),
  ])
  await own.ipfs('swarm', 'connect', stranger.swarm)
  ;[ownProxy, vaultProxy] = await Promise.all([startKuboProxy(own.api), startKuboProxy(vault.api)])
  whole = await startPlatform({ dataDir, environment: settings(publicNode(), lonelyNode(), privateNode()) })
})
afterAll(async () => {
  await whole?.stop()
  for (const each of [ownProxy, vaultProxy, stranger, own, lonely, vault]) await each?.[Symbol.asyncDispose]()
  await database?.stop()
  await rm(dataDir, { recursive: true, force: true, maxRetries: 5 })
})

const publicNode = () => ({ url: ownProxy.url, token: own.token, name: 'own' })
const lonelyNode = () => ({ url: lonely.api, token: lonely.token, name: 'lonely' })
const privateNode = () => ({ url: vaultProxy.url, token: vault.token, name: 'vault', network: 'private' })
const settings = (...nodes: readonly object[]): Record<string, string> => ({
  DATABASE_URL: database.url,
  IPFS_BACKEND: 'kubo',
  KUBO_NODES: JSON.stringify(nodes),
  GATEWAY_WORKERS: '1',
  GATEWAY_NAME_QUOTA: `${QUOTA}`,
  TRUSTED_PROXIES: '127.0.0.1',
})
const startAlone = (nodes: readonly object[], more: Record<string, string> = {}): Promise<SpawnedPlatform> =>
  spawnPlatform({ dataDir, environment: { ...settings(...nodes), ROLES: 'gateway', IPFS_NETWORK: 'public', ...more } })

let names = 0
const publish = async (): Promise<string> => {
  const key = `key-${names++}`
  const name = await stranger.ipfs('key', 'gen', '--ipns-base=base36', key)
  await stranger.ipfs('name', 'publish', `--key=${key}`, '--allow-offline', VALUE)
  return name
}
/** That nobody has. */
const newNames = (count: number): Promise<string[]> =>
  Promise.all(Array.from({ length: count }, () => stranger.ipfs('key', 'gen', '--ipns-base=base36', `key-${names++}`)))
const ask = async ({ gatewayUrl }: { gatewayUrl: string }, path: string, client = '192.0.2.1') => {
  const begun = performance.now()
  const headers = { 'x-forwarded-for': client, accept: '*/*' }
  const answer = await fetch(`${gatewayUrl}${path}`, { headers })
  const text = await answer.text()
  return { status: answer.status, text, ms: performance.now() - begun, retryAfter: answer.headers.get('retry-after') }
}
const walksOf = ({ asked }: KuboProxy): string[] => asked.filter((path) => path.includes('/routing/'))

it('a gateway in a process of its own resolves a name that only the DHT has, by public nodes alone and within the quota', async () => {
  await using alone = await startAlone([privateNode(), publicNode()])
  expect(await ask(alone, `/ipns/${await publish()}`)).toMatchObject({ status: 200, text: 'hello\n' })
  expect(walksOf(ownProxy)).toHaveLength(1)

  const others = await newNames(QUOTA)
  const statuses: number[] = []
  for (const name of others) statuses.push((await ask(alone, `/ipns/${name}`)).status)
  expect(statuses).toEqual([...Array.from({ length: QUOTA - 1 }, () => 502), 429])
  expect(walksOf(ownProxy)).toHaveLength(QUOTA)
  expect((await ask(alone, `/ipns/${await publish()}`, '192.0.2.2')).status).toBe(200)
  expect(walksOf(vaultProxy)).toEqual([])
})

it.each([
  ['with IPFS_NETWORK=none', () => [privateNode(), publicNode()], { IPFS_NETWORK: 'none' }],
  ['with private nodes alone', () => [privateNode()], {}],
])('%s nobody is asked', async (_, nodes, more) => {
  const before = walksOf(ownProxy).length
  await using alone = await startAlone(nodes(), more)
  expect((await ask(alone, `/ipns/${await publish()}`)).status).toBe(502)
  expect(walksOf(ownProxy)).toHaveLength(before)
  expect(walksOf(vaultProxy)).toEqual([])
})

it('a node that hangs or is away is a 503 in bounded time, takes no more places than a client has, and is used again', async () => {
  await using alone = await startAlone([publicNode()])
  const [published, later] = [await publish(), await publish()]
  const hanging = await newNames(6)
  const away = (await newNames(1)).join()

  await own.pause()
  const answers = await Promise.all(hanging.map((name) => ask(alone, `/ipns/${name}`))).finally(() => own.resume())
  expect(answers.map(({ status }) => status).sort()).toEqual([429, 429, 503, 503, 503, 503])
  for (const { status, ms, retryAfter } of answers) {
    expect(ms).toBeLessThan(status === 429 ? 2_000 : WALK_MS)
    expect(Number(retryAfter)).toBeGreaterThan(0)
  }
  expect(await ask(alone, `/ipns/${published}`)).toMatchObject({ status: 200, text: 'hello\n' })

  await own.kill()
  const refused = await ask(alone, `/ipns/${away}`)
  expect([refused.status, refused.ms < 3_000]).toEqual([503, true])
  expect(await ask(alone, VALUE)).toMatchObject({ status: 200, text: 'hello\n' })
  await own.start()
  await own.ipfs('swarm', 'connect', stranger.swarm)
  expect(await ask(alone, `/ipns/${later}`)).toMatchObject({ status: 200, text: 'hello\n' })
})

it('a node that hangs holds up for a moment what another finds', async () => {
  await using alone = await startAlone([lonelyNode(), publicNode()])
  const name = await publish()
  await lonely.pause()
  const answer = await ask(alone, `/ipns/${name}`).finally(() => lonely.resume())
  expect(answer).toMatchObject({ status: 200, text: 'hello\n' })
  expect(answer.ms).toBeLessThan(6_000)
})
