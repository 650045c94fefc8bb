import { hash, randomBytes, randomUUID } from 'node:crypto'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { callJson } from '@packages/testkit/http-client'
import { blockFile } from '@packages/testkit/kubo-blocks'
import { type KuboAddress, startKuboNode } from '@packages/testkit/kubo-node'
import { startPlatform } from '@packages/testkit/start-platform'
import { expect, inject, test } from 'vitest'

const fleet = inject('kuboFleet')
type Node = Pick<KuboAddress, 'api' | 'token'>

/** A disk that is always short: all that two nodes have is let go. */
const settings = (nodes: readonly Node[], more: Record<string, string> = {}): Record<string, string> => ({
  IPFS_BACKEND: 'kubo',
  KUBO_NODES: JSON.stringify(nodes.map(({ api, token }) => ({ url: api, ...(token === null ? {} : { token }) }))),
  EVICT_BELOW_BYTES: '1000TiB',
  MIN_FREE_BYTES: '0',
  ...more,
})
type Platform = Awaited<ReturnType<typeof startPlatform>>

const isAway = async ({ db }: Platform, cid: string): Promise<boolean> => {
  const { rows } = await db.pool.query<{ away: boolean }>(
    `select let_go_at is not null as away from contents where cid = $1 and state = 'held'`,
    [cid],
  )
  return rows[0]?.away === true
}
const sha = (bytes: Uint8Array): string => hash('sha256', bytes)
const read = async (url: string, init: RequestInit = {}) => {
  const response = await fetch(url, init)
  return { status: response.status, bytes: await response.bytes() }
}

test('an upload that two nodes have is let go here, and read from them: at the gateway, in ranges, as CAR, by the API; deleted, it is gone', async () => {
  await using platform = await startPlatform({ environment: settings(fleet) })
  const key = await platform.apiKey()
  const content = Buffer.from(randomBytes(5_000_000))
  const { file } = await platform.upload(key, new Blob([content]))
  await expect.poll(() => isAway(platform, file.cid), { timeout: 30_000 }).toBe(true)
  const at = `${platform.gatewayUrl}/ipfs/${file.cid}`

  const whole = await read(at)
  expect([whole.status, sha(whole.bytes)]).toEqual([200, sha(content)])
  const range = await read(at, { headers: { range: 'bytes=2999990-3000009' } })
  expect([range.status, Buffer.from(range.bytes)]).toEqual([206, content.subarray(2_999_990, 3_000_010)])

  // The node's own CAR of the same DAG, in the same order.
  const exported = await Promise.all(
    fleet.map(async ({ api, token }) => {
      const headers = { authorization: `Bearer ${token}` }
      return read(`${api}/api/v0/dag/export?arg=${file.cid}&offline=true&progress=false`, { method: 'POST', headers })
    }),
  )
  const theirs = exported.find(({ bytes }) => bytes.length > content.length)
  const ours = await read(`${at}?format=car`)
  expect(sha(ours.bytes)).toBe(sha(theirs?.bytes ?? new Uint8Array()))
  const byApi = await read(`${platform.apiUrl}/api/v1/files/${file.cid}/car`, {
    headers: { authorization: `Bearer ${key}` },
  })
  expect([byApi.status, sha(byApi.bytes)]).toEqual([200, sha(ours.bytes)])

  await callJson(`${platform.apiUrl}/api/v1/files/${file.id}`, { method: 'DELETE', token: key })
  expect((await read(at)).status).toBe(404)
}, 180_000)

test('a node that has damaged a block is passed by and told of; one that was killed as well', async () => {
  const token = randomUUID()
  await using first = await startKuboNode({ token })
  await using second = await startKuboNode({ token })
  const told: string[] = []
  await using platform = await startPlatform({
    environment: settings([first, second], { NODE_CACHE_BYTES: '0', LOG_LEVEL: 'error', LOG_FORMAT: 'json' }),
    onLogLine: (line) => void told.push(line),
  })
  const key = await platform.apiKey()
  const content = Buffer.from(randomBytes(2_500_000))
  const { file } = await platform.upload(key, new Blob([content]))
  await expect.poll(() => isAway(platform, file.cid), { timeout: 30_000 }).toBe(true)
  const at = `${platform.gatewayUrl}/ipfs/${file.cid}`
  for (const node of [first, second]) {
    const path = blockFile(node.repository, file.cid)
    const sound = await readFile(path)
    const { mode } = await stat(path)
    await writeFile(path, Buffer.from(sound).fill(1, 10, 20), { mode })
    const answer = await read(at)
    expect([answer.status, sha(answer.bytes)]).toEqual([200, sha(content)])
    await writeFile(path, sound, { mode })
  }
  const bad = told.filter((line) => line.includes('does not give a block'))
  expect(bad.length).toBeGreaterThan(0)
  for (const line of bad) expect(line).toContain(file.cid)
  await first.kill()
  const answer = await read(at)
  expect([answer.status, sha(answer.bytes)]).toEqual([200, sha(content)])
}, 180_000)
