import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { BlockStore } from '@packages/content/block-store/block-store'
import { startTestDatabase } from '@packages/db/test-database'
import { uploadFile } from '@packages/testkit/http-client'
import { type KuboAddress, startKuboNode } from '@packages/testkit/kubo-node'
import { type SpawnedPlatform, spawnPlatform } from '@packages/testkit/spawn-platform'
import { startPlatform } from '@packages/testkit/start-platform'
import { expect, inject, test } from 'vitest'

const COMMAND = join(import.meta.dirname, '../../apps/platform/src/commands/ipfs-migrate.ts')
const MANY = 18

const onNode = (which: string) => `from replicas r join nodes n on n.id = r.node_id where ${which}`

/** As the nodes themselves say. */
const pinnedOn = async ({ api, token }: KuboAddress): Promise<Set<string>> => {
  const answer = await fetch(`${api}/api/v0/pin/ls?type=recursive&timeout=10s`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
  })
  const { Keys } = (await answer.json()) as { Keys: Record<string, unknown> }
  return new Set(Object.keys(Keys))
}

test('a running platform moves to Kubo nodes and back, through kill -9 of both it and the command, and loses nothing', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'hf-migrate-'))
  const database = await startTestDatabase({ poolSize: 2 })
  await using cleaning = new AsyncDisposableStack()
  const slow = cleaning.use(await startKuboNode({ token: randomUUID() }))
  const nodes = [...inject('kuboFleet').slice(0, 1), slow]
  const list = JSON.stringify(nodes.map(({ api, token }, index) => ({ url: api, token, name: `kubo-${index + 1}` })))
  const TO_NODES = { IPFS_BACKEND: 'kubo', KUBO_NODES: list, UPLOAD_ACK_COPIES: '2' }
  const HOME = { IPFS_BACKEND: 'embedded', LEAVE_KUBO_NODES: list }
  cleaning.defer(() => rm(dataDir, { recursive: true, force: true }))
  cleaning.defer(() => database.stop())
  const environment = { DATABASE_URL: database.url }
  const held = new Map<string, Buffer>()
  const upload = async (apiUrl: string, key: string, size: number): Promise<void> => {
    const bytes = randomBytes(size)
    const { file, pin } = await uploadFile(apiUrl, key, new Blob([bytes]), randomUUID())
    expect(pin.status).toBe('pinned')
    held.set(file.cid, bytes)
  }
  const migrate = (
    settings: Record<string, string>,
  ): { child: ChildProcess; done: Promise<{ code: number | null; out: string }> } => {
    const child = spawn(process.execPath, [COMMAND, '--one-copy'], {
      env: { PATH: process.env.PATH, HOME: process.env.HOME, DATA_DIR: dataDir, ...environment, ...settings },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const exited = once(child, 'exit')
    const outcome = async () => {
      const [out, problems] = await Promise.all([text(child.stdout), text(child.stderr)])
      const [code] = await exited
      return { code: code as number | null, out: `${out}${problems}` }
    }
    return { child, done: outcome() }
  }
  const count = async (query: string): Promise<number> =>
    Number((await database.db.pool.query(`select count(*) as n ${query}`)).rows[0].n)
  const start = async (settings: Record<string, string>): Promise<SpawnedPlatform> =>
    cleaning.use(await spawnPlatform({ dataDir, environment: { ...environment, ...settings } }))
  /** Kills the platform and the command when something has come to its new place; a node that stands still keeps all from being done. */
  const interrupted = async (
    settings: Record<string, string>,
    { come, left }: { come: string; left: string },
  ): Promise<void> => {
    const platform = await start(settings)
    await slow.pause()
    const running = migrate(settings)
    await expect.poll(() => count(come), { timeout: 30_000 }).toBeGreaterThan(0)
    await platform.kill()
    running.child.kill('SIGKILL')
    await running.done
    slow.resume()
    expect(await count(left)).toBeGreaterThan(0)
  }

  const first = await startPlatform({ dataDir, environment })
  const key = await first.apiKey()
  for (let n = 0; n < MANY; n += 6) await Promise.all(Array.from({ length: 6 }, () => upload(first.apiUrl, key, 2_000)))
  await upload(first.apiUrl, key, 3_000_000)
  await first.stop()

  await interrupted(TO_NODES, {
    come: onNode(`n.kind = 'kubo' and r.status = 'pinned'`),
    left: 'from contents where moving_copies is not null',
  })
  const onNodes = await start(TO_NODES)
  const toNodes = migrate(TO_NODES)
  for (let n = 0; n < 3; n++) await upload(onNodes.apiUrl, key, 1_000)
  expect(await toNodes.done).toMatchObject({ code: 0, out: expect.stringMatching(/every block was read back/) })
  for (const node of nodes) {
    const pins = await pinnedOn(node)
    expect([...held.keys()].filter((cid) => !pins.has(cid))).toEqual([])
  }
  expect(await count(`from contents where state = 'held'`)).toBe(held.size)
  expect(await count(onNode(`n.kind = 'kubo' and r.verified_at is not null`))).toBeGreaterThanOrEqual(2 * (MANY + 1))
  await onNodes.stop()

  // What the own store has lost is on the nodes alone.
  const store = await BlockStore.open({ directory: join(dataDir, 'store'), noIndexSync: true })
  const { rows: some } = await database.db.pool.query<{ id: string }>(
    `select id from contents order by dag_size desc, id limit 12`,
  )
  for (const { id } of some) await store.release(id)
  await store.idle()
  await store.close()
  await interrupted(HOME, {
    come: onNode(`n.kind = 'embedded' and r.verified_at is not null`),
    left: onNode(`n.kind = 'kubo'`),
  })
  const home = await start(HOME)
  const toHome = migrate(HOME)
  for (let n = 0; n < 3; n++) await upload(home.apiUrl, key, 1_000)
  expect(await toHome.done).toMatchObject({ code: 0, out: expect.stringMatching(/Nothing is left on the nodes/) })
  for (const node of nodes) {
    const pins = await pinnedOn(node)
    expect([...held.keys()].filter((cid) => pins.has(cid))).toEqual([])
  }
  for (const [cid, bytes] of held)
    expect(Buffer.from(await (await fetch(`${home.gatewayUrl}/ipfs/${cid}`)).arrayBuffer()).equals(bytes)).toBe(true)
  expect(await count(`from pins where status <> 'pinned'`)).toBe(0)
  expect(await count(onNode(`n.kind = 'kubo'`))).toBe(0)
  expect((await home.stop()).code).toBe(0)
  // Five platforms are started one after the other.
}, 300_000)
