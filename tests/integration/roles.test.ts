import { access, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startTestDatabase } from '@packages/db/test-database'
import { callJson, uploadFile } from '@packages/testkit/http-client'
import { SpawnFailed, spawnPlatform } from '@packages/testkit/spawn-platform'
import { expect, onTestFinished, test } from 'vitest'

const ADMIN = { email: 'ada@example.org', password: 'long enough' }

/** A folder and a database of the operator's, which two processes share. */
const shared = async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'holdfast-roles-'))
  onTestFinished(() => rm(dataDir, { recursive: true, force: true, maxRetries: 5 }))
  const database = await startTestDatabase()
  onTestFinished(() => database.stop())
  return { dataDir, DATABASE_URL: database.url }
}

test('API and gateway run as two processes on one folder and a database of the operator', async () => {
  const { dataDir, DATABASE_URL } = await shared()
  const admin = { ADMIN_EMAIL: ADMIN.email, ADMIN_PASSWORD: ADMIN.password }
  await using api = await spawnPlatform({ dataDir, environment: { DATABASE_URL, ROLES: 'api,ipfs-manager', ...admin } })
  await using gateway = await spawnPlatform({ dataDir, environment: { DATABASE_URL, ROLES: 'gateway' } })
  expect([api.gatewayUrl, gateway.apiUrl]).toEqual(['', ''])
  await expect(access(join(dataDir, 'postgres'))).rejects.toThrow('ENOENT')

  const { accessToken: token } = await callJson<{ accessToken: string }>(`${api.apiUrl}/api/v1/auth/login`, {
    body: ADMIN,
  })
  const { key } = await callJson<{ key: string }>(`${api.apiUrl}/api/v1/api-keys`, { token, body: { name: 'test' } })
  const { file } = await uploadFile(api.apiUrl, key, 'across processes', 'note.txt')
  const address = `${gateway.gatewayUrl}/ipfs/${file.cid}`
  expect(await (await fetch(address)).text()).toBe('across processes')
  expect(await (await fetch(`${address}/note.txt`)).text()).toBe('across processes')

  const removed = await fetch(`${api.apiUrl}/api/v1/files/${file.cid}`, {
    method: 'DELETE',
    headers: { authorization: `Bearer ${key}` },
  })
  expect(removed.status).toBe(200)
  expect((await fetch(address)).status).toBe(404)

  expect((await gateway.stop()).code).toBe(0)
  expect((await api.stop()).code).toBe(0)
})

test('a gateway alone on a folder without a store says so', async () => {
  const { dataDir, DATABASE_URL } = await shared()
  const outcome: unknown = await spawnPlatform({ dataDir, environment: { DATABASE_URL, ROLES: 'gateway' } }).catch(
    (error: unknown) => error,
  )
  expect(outcome).toBeInstanceOf(SpawnFailed)
  expect(outcome).toMatchObject({
    exit: { code: 1, output: expect.stringContaining('DATA_DIR has no content store yet') },
  })
})
