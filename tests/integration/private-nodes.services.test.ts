import { execFile } from 'node:child_process'
import { hash, randomBytes, randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { startTestDatabase } from '@packages/db/test-database'
import { type KuboNode, startKuboNode } from '@packages/testkit/kubo-node'
import { startPlatform, type TestPlatform } from '@packages/testkit/start-platform'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'

const COMMAND = join(import.meta.dirname, '../../apps/platform/src/commands/ipfs-migrate.ts')
const run = promisify(execFile)
const sha = (bytes: Uint8Array): string => hash('sha256', bytes)

let vault: KuboNode[]
const open = inject('kuboFleet').slice(0, 2)

beforeAll(async () => {
  const swarmKey = randomBytes(32).toString('hex')
  vault = await Promise.all([1, 2, 3].map(() => startKuboNode({ swarmKey, token: randomUUID() })))
}, 60_000)
afterAll(async () => {
  for (const node of vault ?? []) await node[Symbol.asyncDispose]()
})

type Node = Pick<KuboNode, 'api' | 'token'>
const rpc = async ({ api, token }: Node, path: string): Promise<{ ok: boolean; text: string }> => {
  const headers = token === null ? {} : { authorization: `Bearer ${token}` }
  const answer = await fetch(`${api}/api/v0/${path}`, { method: 'POST', headers })
  return { ok: answer.ok, text: await answer.text() }
}
const pinsOf = async (node: Node): Promise<string[]> =>
  Object.keys(
    (JSON.parse((await rpc(node, 'pin/ls?type=recursive&timeout=10s')).text) as { Keys: Record<string, unknown> })
      .Keys ?? {},
  )
const named = ({ api, token }: Node, name: string, network: string) => ({
  url: api,
  name,
  network,
  ...(token === null ? {} : { token }),
})

const upload = async (platform: TestPlatform, key: string, body: Buffer<ArrayBuffer>) => {
  const form = new FormData()
  form.append('file', new Blob([body]), 'secret.bin')
  const url = `${platform.apiUrl}/api/v1/files/upload?visibility=private`
  const answer = await fetch(url, { method: 'POST', body: form, headers: { authorization: `Bearer ${key}` } })
  expect(answer.status).toBe(201)
  return ((await answer.json()) as { file: { id: string; cid: string } }).file
}

test('a private file lies on real private nodes and no public one, is read from them, goes from them, and comes home when they are left', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'hf-private-'))
  const database = await startTestDatabase({ poolSize: 2 })
  await using cleaning = new AsyncDisposableStack()
  cleaning.defer(() => rm(dataDir, { recursive: true, force: true }))
  cleaning.defer(() => database.stop())
  const nodes = JSON.stringify([
    ...open.map((node, index) => named(node, `open-${index + 1}`, 'public')),
    ...vault.map((node, index) => named(node, `vault-${index + 1}`, 'private')),
  ])
  const base = { DATABASE_URL: database.url }
  const onNodes = { ...base, IPFS_BACKEND: 'kubo', KUBO_NODES: nodes, UPLOAD_ACK_COPIES: '2' }
  const home = { ...base, IPFS_BACKEND: 'embedded', LEAVE_KUBO_NODES: nodes }
  /** All but the empty folder that a new node pins. */
  const inVault = (): Promise<string[][]> =>
    Promise.all(vault.map(async (node) => (await pinsOf(node)).filter((cid) => cid.startsWith('bafy')).toSorted()))
  const secret = randomBytes(3_000_000)
  const read = async (platform: TestPlatform, key: string, { id }: { id: string }): Promise<string[]> => {
    const headers = { authorization: `Bearer ${key}` }
    const links = `${platform.apiUrl}/api/v1/files/${id}/links`
    const link = await fetch(links, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify({ expiresInSeconds: 600 }),
    })
    const { url } = (await link.json()) as { url: string }
    const file = await (await fetch(url)).bytes()
    const car = await (await fetch(`${platform.apiUrl}/api/v1/files/${id}/car`, { headers })).bytes()
    return [sha(file), Buffer.from(car).includes(secret.subarray(0, 1_000)) ? 'whole' : 'lacking']
  }

  // A disk that is always short: all that two nodes have is let go.
  const first = await startPlatform({
    dataDir,
    environment: { ...onNodes, EVICT_BELOW_BYTES: '1000TiB', MIN_FREE_BYTES: '0' },
  })
  cleaning.use(first)
  const key = await first.apiKey()
  const [file, other] = [await upload(first, key, secret), await upload(first, key, randomBytes(20_000))]
  const rows = await first.db.kysely
    .selectFrom('contents')
    .select(['id', 'node_cid', 'state', 'confirmed'])
    .where('realm', '=', 'private')
    .execute()
  const roots = rows.map(({ node_cid }) => node_cid)
  // Two of them have confirmed each before it was answered; the third gets its copy, from them where the own store has none any more.
  await expect.poll(inVault, { timeout: 30_000 }).toEqual(vault.map(() => roots.toSorted()))
  await expect
    .poll(
      async () =>
        (await first.db.kysely.selectFrom('contents').select('id').where('let_go_at', 'is not', null).execute()).length,
      { timeout: 30_000 },
    )
    .toBe(2)
  // What a private node lists below a root is what the public node has none of.
  const [root = ''] = roots
  const below = (await rpc(vault[0] as Node, `refs?arg=${root}&recursive=true&offline=true`)).text
  const cids = [
    root ?? '',
    ...below.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line).Ref as string])),
  ]
  expect(cids.length).toBeGreaterThan(2)
  for (const node of open)
    for (const cid of cids) expect((await rpc(node, `block/stat?arg=${cid}&offline=true&timeout=5s`)).ok).toBe(false)
  for (const pins of await Promise.all(open.map(pinsOf)))
    expect(roots.filter((one) => pins.includes(one ?? ''))).toEqual([])
  expect(await read(first, key, file)).toEqual([sha(secret), 'whole'])

  const headers = { authorization: `Bearer ${key}` }
  expect((await fetch(`${first.apiUrl}/api/v1/files/${other.id}`, { method: 'DELETE', headers })).ok).toBe(true)
  await expect.poll(async () => (await inVault()).map(({ length }) => length), { timeout: 30_000 }).toEqual([1, 1, 1])
  await first.stop()

  const second = cleaning.use(await startPlatform({ dataDir, environment: home }))
  const { stdout } = await run(process.execPath, [COMMAND, '--one-copy'], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, DATA_DIR: dataDir, ...home },
  })
  expect(stdout).toMatch(/Nothing is left on the nodes/)
  expect(await inVault()).toEqual([[], [], []])
  for (const pins of await Promise.all(open.map(pinsOf)))
    expect(roots.filter((one) => pins.includes(one ?? ''))).toEqual([])
  expect(await read(second, key, file)).toEqual([sha(secret), 'whole'])
}, 240_000)
