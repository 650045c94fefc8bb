import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { callJson } from '@packages/testkit/http-client'
import { startPlatform } from '@packages/testkit/start-platform'
import { expect, onTestFinished, test } from 'vitest'

const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

const read = async (url: string): Promise<string> => {
  const answer = await fetch(url)
  return answer.ok ? answer.text() : `${answer.status}`
}

test('a file goes in and is read back', async () => {
  await using platform = await startPlatform()
  const { file, pin } = await platform.upload(await platform.apiKey(), 'hello', 'hello.txt')
  expect(pin.status).toBe('pinned')
  expect(await read(`${platform.gatewayUrl}/ipfs/${file.cid}/hello.txt`)).toBe('hello')
})

test('two platforms run side by side, and neither knows what the other holds', async () => {
  const [one, other] = await Promise.all([startPlatform(), startPlatform()])
  onTestFinished(async () => void (await Promise.all([one.stop(), other.stop()])))
  const { file } = await one.upload(await one.apiKey(), 'only in one')
  expect(await read(`${one.gatewayUrl}/ipfs/${file.cid}`)).toBe('only in one')
  expect(await read(`${other.gatewayUrl}/ipfs/${file.cid}`)).toBe('404')
  const token = await one.apiKey()
  await expect(callJson(`${other.apiUrl}/api/v1/files`, { token })).rejects.toMatchObject({ status: 401 })
  await other.stop()
  expect(await read(`${one.gatewayUrl}/ipfs/${file.cid}`)).toBe('only in one')
})

test('a second start has all data of the first', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'holdfast-twice-'))
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }))
  const content = Buffer.alloc(3_000_000, 'some longer content ')
  const first = await startPlatform({ dataDir, database: 'embedded' })
  const key = await first.apiKey()
  const { file } = await first.upload(key, content, 'long.txt')
  await first.stop()

  await using second = await startPlatform({ dataDir, database: 'embedded' })
  const { files } = await callJson<{ files: { cid: string; name: string }[] }>(`${second.apiUrl}/api/v1/files`, {
    token: key,
  })
  expect(files).toMatchObject([{ cid: file.cid, name: 'long.txt' }])
  const answer = await fetch(`${second.gatewayUrl}/ipfs/${file.cid}`)
  expect(digest(await answer.bytes())).toBe(digest(content))
})

test('a folder that a platform of this process uses is refused', async () => {
  await using platform = await startPlatform()
  await expect(startPlatform({ dataDir: platform.dataDir })).rejects.toThrow(
    `DATA_DIR is in use by process ${process.pid}`,
  )
})

test('a start that fails leaves nothing running', async () => {
  await using platform = await startPlatform()
  const taken = new URL(platform.gatewayUrl).port
  await expect(startPlatform({ environment: { GATEWAY_PORT: taken } })).rejects.toThrow(
    `GATEWAY_PORT ${taken} is taken`,
  )
  expect(await read(`${platform.apiUrl}/health/live`)).toBe('{"status":"ok"}')
})

test('without an administrator there is a one-time set-up token', async () => {
  await using platform = await startPlatform({ setUp: false })
  const body = { token: platform.setupToken, email: 'ada@example.org', password: 'long enough', name: 'Ada' }
  await callJson(`${platform.apiUrl}/api/v1/setup`, { body })
  await expect(callJson(`${platform.apiUrl}/api/v1/setup`, { body })).rejects.toMatchObject({ status: 403 })
})
