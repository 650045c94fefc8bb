import { cp, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type SpawnedPlatform, spawnPlatform } from '@packages/testkit/spawn-platform'
import { expect, test } from 'vitest'
import { Session, setUp } from './session.ts'
import { temporaryFolder } from './temporary-folder.ts'

/** Every segment of the store with its length. */
const segments = async (dataDir: string): Promise<Map<string, number>> => {
  const found = new Map<string, number>()
  for (const entry of await readdir(dataDir, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/\.car$|\.segment$/.test(entry.name)) continue
    const path = join(entry.parentPath, entry.name)
    found.set(path.slice(dataDir.length), (await stat(path)).size)
  }
  return found
}

const expectNothingDeleted = async (dataDir: string, before: Map<string, number>): Promise<void> => {
  const after = await segments(dataDir)
  expect(before.size).toBeGreaterThan(0)
  for (const [name, size] of before) expect(after.get(name) ?? 0, name).toBeGreaterThanOrEqual(size)
}

const expectAlarm = async (platform: SpawnedPlatform): Promise<void> => {
  const ready = await fetch(`${platform.apiUrl}/health/ready`)
  expect(await ready.text()).toMatch(/misfit|does_not_fit|does not fit/)
  expect(platform.output()).toMatch(/misfit|does not fit/)
}

const uploadMany = async (session: Session, what: string, count: number): Promise<string[]> => {
  const cids: string[] = []
  for (let n = 0; n < count; n++)
    cids.push((await session.upload(`${what} ${n}\n`.repeat(1_000), { name: `${what}-${n}.txt` })).file.cid)
  return cids
}

test('yesterday’s database over today’s store: starts, deletes nothing, tells it', async () => {
  await using folder = await temporaryFolder()
  const data = join(folder.path, 'data')
  const backup = join(folder.path, 'backup')

  const yesterday = await spawnPlatform({ dataDir: data })
  const { key } = await setUp(yesterday)
  const old = await uploadMany(new Session(yesterday, key), 'yesterday', 5)
  await yesterday.stop()
  await cp(join(data, 'postgres'), backup, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true })

  const today = await spawnPlatform({ dataDir: data })
  const session = new Session(today, key)
  await uploadMany(session, 'today', 5)
  await today.stop()
  const before = await segments(data)

  await rm(join(data, 'postgres'), { recursive: true })
  await cp(backup, join(data, 'postgres'), { recursive: true, preserveTimestamps: true, verbatimSymlinks: true })
  const restored = await spawnPlatform({ dataDir: data })
  await sleep(3_000)
  await expectAlarm(restored)
  for (const cid of old) expect((await fetch(`${restored.gatewayUrl}/ipfs/${cid}`)).status).toBe(200)
  // Work goes on, and what users delete in this state is not collected either.
  const [fresh = ''] = await uploadMany(new Session(restored, key), 'after the restore', 1)
  expect((await fetch(`${restored.gatewayUrl}/ipfs/${fresh}`)).status).toBe(200)
  await restored.stop()
  await expectNothingDeleted(data, before)

  // It does not heal by being started once more.
  await using again = await spawnPlatform({ dataDir: data })
  await expectAlarm(again)
  await expectNothingDeleted(data, before)
})

test('a foreign database over a store: starts, deletes nothing, tells it', async () => {
  await using folder = await temporaryFolder()
  const [ours, theirs] = [join(folder.path, 'ours'), join(folder.path, 'theirs')]
  for (const dataDir of [ours, theirs]) {
    const platform = await spawnPlatform({ dataDir })
    await uploadMany(new Session(platform, (await setUp(platform)).key), dataDir === ours ? 'ours' : 'theirs', 3)
    await platform.stop()
  }
  const before = await segments(ours)
  await rm(join(ours, 'postgres'), { recursive: true })
  await cp(join(theirs, 'postgres'), join(ours, 'postgres'), {
    recursive: true,
    preserveTimestamps: true,
    verbatimSymlinks: true,
  })
  await using platform = await spawnPlatform({ dataDir: ours })
  await sleep(3_000)
  await expectAlarm(platform)
  await expectNothingDeleted(ours, before)
})

test('a database and a store that fit raise no alarm', async () => {
  await using platform = await spawnPlatform()
  const ready = await fetch(`${platform.apiUrl}/health/ready`)
  expect(ready.status).toBe(200)
  expect(await ready.text()).not.toMatch(/misfit|does_not_fit|does not fit/)
})
