import { randomBytes } from 'node:crypto'
import { cp, readdir, rename, rm, stat } from 'node:fs/promises'
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

const LARGE = 4 * 1024 * 1024

/** So large that it has a segment of its own, which goes from the disk as soon as it is released. */
const uploadLarge = async (session: Session): Promise<string> =>
  (await session.upload(new Blob([randomBytes(LARGE)]), { name: 'large.bin' })).file.cid

const largeSegments = (all: Map<string, number>): [string, number][] => [...all].filter(([, size]) => size > LARGE)

const copyDatabase = (from: string, to: string): Promise<void> =>
  cp(from, to, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true })

const expectServed = async (platform: SpawnedPlatform, cids: readonly string[]): Promise<void> => {
  for (const cid of cids) expect((await fetch(`${platform.gatewayUrl}/ipfs/${cid}`)).status, cid).toBe(200)
}

test('yesterday’s database over today’s store: starts, deletes nothing, tells it', async () => {
  await using folder = await temporaryFolder()
  const data = join(folder.path, 'data')
  const [backup, right] = [join(folder.path, 'backup'), join(folder.path, 'right')]

  const yesterday = await spawnPlatform({ dataDir: data })
  const { key } = await setUp(yesterday)
  const old = await uploadMany(new Session(yesterday, key), 'yesterday', 5)
  const large = await uploadLarge(new Session(yesterday, key))
  await yesterday.stop()
  await copyDatabase(join(data, 'postgres'), backup)

  const today = await spawnPlatform({ dataDir: data })
  const session = new Session(today, key)
  const recent = await uploadMany(session, 'today', 5)
  await today.stop()
  const before = await segments(data)
  expect(largeSegments(before)).toHaveLength(1)

  await rename(join(data, 'postgres'), right)
  await copyDatabase(backup, join(data, 'postgres'))
  const restored = await spawnPlatform({ dataDir: data })
  await sleep(3_000)
  await expectAlarm(restored)
  await expectServed(restored, [...old, large])
  // Work goes on, and what users delete in this state keeps its bytes: where the two fit they are gone at once (below).
  await expectServed(restored, await uploadMany(new Session(restored, key), 'after the restore', 1))
  expect([200, 202]).toContain(await new Session(restored, key).delete(large))
  await sleep(2_000)
  await restored.stop()
  await expectNothingDeleted(data, before)
  expect(largeSegments(await segments(data))).toEqual(largeSegments(before))

  // It does not heal by being started once more.
  const again = await spawnPlatform({ dataDir: data })
  await expectAlarm(again)
  await again.stop()
  await expectNothingDeleted(data, before)
  expect(largeSegments(await segments(data))).toEqual(largeSegments(before))

  // The database that belongs to the store comes back, and everything that it knows is there.
  await rm(join(data, 'postgres'), { recursive: true })
  await rename(right, join(data, 'postgres'))
  await using healed = await spawnPlatform({ dataDir: data })
  expect((await fetch(`${healed.apiUrl}/health/ready`)).status).toBe(200)
  await expectServed(healed, [...old, large, ...recent])
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
  await copyDatabase(join(theirs, 'postgres'), join(ours, 'postgres'))
  await using platform = await spawnPlatform({ dataDir: ours })
  await sleep(3_000)
  await expectAlarm(platform)
  await expectNothingDeleted(ours, before)
})

test('a database and a store that fit raise no alarm and give back what is deleted', async () => {
  await using platform = await spawnPlatform()
  const ready = await fetch(`${platform.apiUrl}/health/ready`)
  expect(ready.status).toBe(200)
  expect(await ready.text()).not.toMatch(/misfit|does_not_fit|does not fit/)

  const session = new Session(platform, (await setUp(platform)).key)
  const large = await uploadLarge(session)
  expect(largeSegments(await segments(platform.dataDir))).toHaveLength(1)
  expect([200, 202]).toContain(await session.delete(large))
  // Within the time that the misfit above is given.
  await expect.poll(async () => largeSegments(await segments(platform.dataDir)), { timeout: 2_000 }).toEqual([])
})
