import { randomBytes } from 'node:crypto'
import { open, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { callJson } from '@packages/testkit/http-client'
import { startPlatform, type TestPlatform } from '@packages/testkit/start-platform'
import { expect, onTestFinished, test } from 'vitest'

const MIB = 1024 * 1024

/** Flips one bit of the bytes wherever they lie in the store. */
const flip = async (platform: TestPlatform, bytes: Buffer): Promise<void> => {
  const folder = join(platform.dataDir, 'store', 'segments')
  for (const name of await readdir(folder)) {
    const path = join(folder, name)
    const at = (await readFile(path)).indexOf(bytes.subarray(0, 64))
    if (at === -1) continue
    const file = await open(path, 'r+')
    await file.write(Buffer.of((bytes[40] ?? 0) ^ 8), 0, 1, at + 40)
    await file.close()
    return
  }
  throw new Error('the store does not hold these bytes')
}

/** The body when it came whole; what came of it must be right in any case. */
const read = async (platform: TestPlatform, cid: string, wanted: Buffer): Promise<boolean> => {
  const answer = await fetch(`${platform.gatewayUrl}/ipfs/${cid}`)
  if (!answer.ok) return false
  const parts: Uint8Array[] = []
  let isWhole = true
  try {
    for await (const part of answer.body ?? []) parts.push(part)
  } catch {
    isWhole = false
  }
  const body = Buffer.concat(parts)
  expect(body.equals(wanted.subarray(0, body.length))).toBe(true)
  return isWhole && body.length === wanted.length
}

const until = async (done: () => Promise<boolean>): Promise<void> => {
  for (let tries = 0; tries < 400; tries++) {
    if (await done()) return
    await sleep(50)
  }
  throw new Error('it did not come to that in time')
}

const metric = async (platform: TestPlatform, name: string): Promise<number> => {
  const text = await (await fetch(platform.metricsUrl)).text()
  return Number(text.match(new RegExp(`^${name} (.*)$`, 'm'))?.[1])
}

const eventsOf = async (platform: TestPlatform): Promise<string[]> => {
  const kinds = ['block.damaged', 'block.healed'] as const
  const rows = await platform.db.kysely
    .selectFrom('events')
    .select('kind')
    .where('kind', 'in', kinds)
    .orderBy('id')
    .execute()
  return rows.map(({ kind }) => kind)
}

const ready = ({ apiUrl }: TestPlatform) => callJson<{ status: string }>(`${apiUrl}/health/ready`)

test('a damaged block is not served, is reported, and is healed from another gateway', async () => {
  const other = await startPlatform()
  onTestFinished(() => other.stop())
  const platform = await startPlatform({ environment: { HEAL_GATEWAYS: other.gatewayUrl, SCRUB_EVERY: '1s' } })
  onTestFinished(() => platform.stop())
  const content = randomBytes(4 * MIB)
  const [{ file }] = await Promise.all([
    platform.upload(await platform.apiKey(), content, 'file.bin'),
    other.upload(await other.apiKey(), content, 'file.bin'),
  ])
  const chunk = content.subarray(2 * MIB, 3 * MIB)
  await flip(platform, chunk)
  // Whoever comes first, the reader or the scrub: nothing wrong is served, and it is healed without anybody's doing.
  await read(platform, file.cid, content)
  await until(async () => (await metric(platform, 'holdfast_blocks_healed_total')) === 1)
  expect(await read(platform, file.cid, content)).toBe(true)
  expect(await eventsOf(platform)).toEqual(['block.damaged', 'block.healed'])
  expect(await metric(platform, 'holdfast_blocks_damaged')).toBe(0)
  expect(await ready(platform)).toEqual({ status: 'ok' })
  const rows = await platform.db.kysely.selectFrom('damaged_blocks').selectAll().execute()
  expect(rows).toMatchObject([{ reason: 'hash_mismatch', healed_from: other.gatewayUrl }])

  // The gateway has hashed it once more and remembers that. A scrub finds it all the same.
  await flip(platform, chunk)
  await until(async () => (await metric(platform, 'holdfast_blocks_healed_total')) === 2)
  expect(await read(platform, file.cid, content)).toBe(true)
  expect(await metric(platform, 'holdfast_scrub_blocks_total')).toBeGreaterThan(4)
  expect(await metric(platform, 'holdfast_scrub_last_completed_timestamp_seconds')).toBeGreaterThan(1_700_000_000)
})

test('without another copy the damage stays told, and the next upload of the file heals it', async () => {
  const platform = await startPlatform({ environment: { SCRUB_BYTES_PER_SECOND: '0' } })
  onTestFinished(() => platform.stop())
  const key = await platform.apiKey()
  const content = randomBytes(3 * MIB)
  const { file } = await platform.upload(key, content, 'file.bin')
  await flip(platform, content.subarray(MIB, 2 * MIB))
  expect(await read(platform, file.cid, content)).toBe(false)
  await until(async () => (await ready(platform)).status === 'alarm')
  expect(await ready(platform)).toEqual({ status: 'alarm', alarms: [{ code: 'damaged_blocks' }] })
  const { accessToken: token } = await platform.logIn()
  const told = await callJson<{ alarms: { detail: string }[] }>(`${platform.apiUrl}/health/ready`, { token })
  expect(told.alarms[0]?.detail).toContain('1 stored blocks are damaged')
  expect(await metric(platform, 'holdfast_blocks_damaged')).toBe(1)
  expect(await read(platform, file.cid, content)).toBe(false)

  await platform.upload(key, content, 'again.bin')
  expect(await read(platform, file.cid, content)).toBe(true)
  expect(await eventsOf(platform)).toContain('block.damaged')
})
