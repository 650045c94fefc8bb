import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { Agent, get } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startTestDatabase } from '@packages/db/test-database'
import { callJson, type UploadedFile, uploadFile } from '@packages/testkit/http-client'
import { type SpawnedPlatform, spawnPlatform } from '@packages/testkit/spawn-platform'
import { afterAll, beforeAll, expect, test } from 'vitest'

const ADMIN = { email: 'ada@example.org', password: 'long enough' }
const LOAD_CONNECTIONS = 4
const LOOKS = 12

let dataDir: string
let database: Awaited<ReturnType<typeof startTestDatabase>>
let platforms: SpawnedPlatform[] = []
let api: string
let token: string
let key: string

/** Each look has a connection of its own, so that both workers of a process are asked. */
const statusOf = (url: string, agent: Agent | false = false): Promise<number> =>
  new Promise((resolve, reject) => {
    get(url, { agent }, (response) => {
      response.resume()
      response.once('end', () => resolve(response.statusCode ?? 0))
    }).once('error', reject)
  })

/** The statuses that workers of all gateways give to a path now. */
const statuses = async (path: string): Promise<number[]> => {
  const looks = platforms.flatMap(({ gatewayUrl }) =>
    Array.from({ length: LOOKS }, () => statusOf(`${gatewayUrl}${path}`)),
  )
  return [...new Set(await Promise.all(looks))]
}

/** What is under way is cut by a revocation. */
const wasCut = (error: Error & { code?: string }): void => expect(error.code).toBe('ECONNRESET')

/** Has every gateway serve the paths as often as it can meanwhile. */
const underLoad = async (paths: readonly string[], work: () => Promise<void>): Promise<void> => {
  const done = new AbortController()
  const agent = new Agent({ keepAlive: true })
  const clients = platforms.flatMap(({ gatewayUrl }) =>
    Array.from({ length: LOAD_CONNECTIONS }, async () => {
      while (!done.signal.aborted) for (const path of paths) await statusOf(`${gatewayUrl}${path}`, agent).catch(wasCut)
    }),
  )
  await work().finally(() => done.abort())
  await Promise.all(clients)
  agent.destroy()
}

const status = async (method: string, path: string, by: string, body?: object): Promise<number> => {
  const headers = { authorization: `Bearer ${by}`, ...(body && { 'content-type': 'application/json' }) }
  return (await fetch(`${api}${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) })).status
}

/** At once; where the call has said (202) that some gateway did not answer in time, as on a machine that is too busy, soon. */
const goneFrom = async (path: string | undefined, expected: number, answered: number): Promise<void> => {
  expect([200, 201, 202, 204]).toContain(answered)
  if (answered === 202) await expect.poll(() => statuses(path ?? ''), { timeout: 20_000 }).toEqual([expected])
  else expect(await statuses(path ?? '')).toEqual([expected])
}

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'holdfast-withdrawals-'))
  database = await startTestDatabase()
  const both = { DATABASE_URL: database.url, GATEWAY_WORKERS: '2' }
  const admin = { ADMIN_EMAIL: ADMIN.email, ADMIN_PASSWORD: ADMIN.password }
  const command = [process.execPath, 'apps/platform/src/main.ts', '--without-dashboard'] as const
  const whole = await spawnPlatform({ dataDir, command, environment: { ...both, ...admin } })
  platforms = [whole]
  platforms.push(await spawnPlatform({ dataDir, command, environment: { ...both, ROLES: 'gateway' } }))
  api = whole.apiUrl
  token = (await callJson<{ accessToken: string }>(`${api}/api/v1/auth/login`, { body: ADMIN })).accessToken
  key = (await callJson<{ key: string }>(`${api}/api/v1/api-keys`, { token, body: { name: 'test' } })).key
})
afterAll(async () => {
  for (const platform of platforms.toReversed()) await platform.kill()
  await database?.stop()
  await rm(dataDir, { recursive: true, force: true, maxRetries: 5 })
})

test('what is taken down, deleted or revoked is gone from all workers of all gateways when the call is answered, under load', async () => {
  const [denied, deleted] = [await uploadFile(api, key, randomUUID()), await uploadFile(api, key, randomUUID())]
  const form = new FormData()
  form.set('file', new Blob([randomUUID()]), 'private.txt')
  const headers = { authorization: `Bearer ${key}` }
  const answer = await fetch(`${api}/api/v1/files/upload?visibility=private`, { method: 'POST', headers, body: form })
  const hidden = ((await answer.json()) as UploadedFile).file
  const links = `/api/v1/files/${hidden.id}/links`
  const link = await callJson<{ id: string; url: string }>(`${api}${links}`, {
    token: key,
    body: { expiresInSeconds: 600 },
  })
  const { pathname, search } = new URL(link.url)

  const paths = [`/ipfs/${denied.file.cid}`, `/ipfs/${deleted.file.cid}`, `${pathname}${search}`]
  for (const path of paths) expect(await statuses(path)).toEqual([200])
  expect(await statuses(`/ipfs/${hidden.cid}`)).toEqual([404])
  await underLoad(paths, async () => {
    const takedown = { cid: denied.file.cid, caseNumber: 'A-1', reason: 'a test', status: 451 }
    await goneFrom(paths[0], 451, await status('POST', '/api/v1/admin/takedowns', token, takedown))
    await goneFrom(paths[1], 404, await status('DELETE', `/api/v1/files/${deleted.file.cid}`, key))
    await goneFrom(paths[2], 410, await status('DELETE', `${links}/${link.id}`, key))
  })
})
