import { hash, randomBytes } from 'node:crypto'
import { rawBlock } from '@packages/content/block-store/test-dags'
import { callJson } from '@packages/testkit/http-client'
import { startPlatform, type TestPlatform } from '@packages/testkit/start-platform'
import { startTestNetwork } from '@services/ipfs-manager/testing/test-network'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'

const swarm = { SWARM_PORT: '0', IPFS_NETWORK: 'public', IPFS_DIAL_PRIVATE: 'yes' }
const open = {
  GATEWAY_MODE: 'open',
  GATEWAY_FETCH_TIMEOUT: '3s',
  GATEWAY_FETCH_QUOTA: '6',
  GATEWAY_FETCH_WINDOW: '1h',
  TRUSTED_PROXIES: '127.0.0.1',
}
const NOBODYS = 'bafkreidon73zkcrwdb5iafqtijxildoonbwnpv7dyd6ef3qdgads2jc4su'

let one: TestPlatform
/** Fetched by the other one. */
let fetched: string
let other: TestPlatform

const addressOf = async (platform: TestPlatform): Promise<string> => {
  const { accessToken: token } = await platform.logIn()
  return vi.waitFor(
    async () => {
      const { detail } = await callJson<{ detail: { network: { state: string; addresses: string[] } } }>(
        `${platform.apiUrl}/health/ipfs`,
        { token },
      )
      expect(detail.network.state).toBe('up')
      return detail.network.addresses[0] ?? ''
    },
    { timeout: 20_000 },
  )
}

beforeAll(async () => {
  one = await startPlatform({ environment: { ...swarm, IPFS_BOOTSTRAP: 'none' } })
  other = await startPlatform({ environment: { ...swarm, ...open, IPFS_BOOTSTRAP: await addressOf(one) } })
  await vi.waitFor(
    async () => expect(await (await fetch(other.metricsUrl)).text()).toContain('ipfs_peers_connected 1'),
    { timeout: 20_000, interval: 200 },
  )
})
afterAll(() => Promise.all([one?.stop(), other?.stop()]))

it('a gateway in mode open serves what another platform has, keeps it, and stops at the quota', async () => {
  const key = await one.apiKey()
  const body = randomBytes(3_000_000).toString('latin1')
  const { file } = await one.upload(key, body, 'a.bin')
  fetched = file.cid
  const range = await fetch(`${other.gatewayUrl}/ipfs/${file.cid}`, { headers: { range: 'bytes=2000000-2000003' } })
  expect([range.status, (await range.bytes()).length]).toEqual([206, 4])
  const whole = await fetch(`${other.gatewayUrl}/ipfs/${file.cid}`)
  expect(hash('sha256', await whole.bytes())).toBe(hash('sha256', Buffer.from(body)))
  await vi.waitFor(async () => {
    const again = await fetch(`${other.gatewayUrl}/ipfs/${file.cid}`, {
      headers: { 'cache-control': 'only-if-cached' },
    })
    expect([again.status, hash('sha256', await again.bytes())]).toEqual([200, hash('sha256', Buffer.from(body))])
  })
  expect((await fetch(`${other.gatewayUrl}/ipfs/${NOBODYS}`)).status).toBe(504)
  const files = await Promise.all(['b', 'c', 'd', 'e'].map((text) => one.upload(key, text, text)))
  const statuses: number[] = []
  for (const { file: next } of files) statuses.push((await fetch(`${other.gatewayUrl}/ipfs/${next.cid}`)).status)
  expect(statuses).toEqual([200, 200, 200, 429])
  const metrics = await (await fetch(other.metricsUrl)).text()
  expect(metrics).toContain('holdfast_gateway_fetches_total 7')
  expect(metrics).toContain('holdfast_gateway_fetches_late_total 1')
  expect(metrics).toContain('holdfast_gateway_fetches_over_quota_total 1')
  expect(metrics).toContain('holdfast_gateway_fetches 0')
})

it('an erasure has all go that was fetched: some of it may be of what is erased', async () => {
  const keptStatus = async (): Promise<number> => {
    const headers = { 'cache-control': 'only-if-cached' }
    const { status, body } = await fetch(`${other.gatewayUrl}/ipfs/${fetched}`, { method: 'HEAD', headers })
    await body?.cancel()
    return status
  }
  expect(await keptStatus()).toBe(200)
  const user = await other.newUser()
  const { accessToken: token } = await other.logIn(user)
  const body = { password: user.password, confirm: user.email }
  await callJson(`${other.apiUrl}/api/v1/account/erasure`, { token, body })
  await vi.waitFor(async () => expect(await keptStatus()).toBe(412), { timeout: 20_000, interval: 100 })
})

it('a peer that gives other bytes than were asked for is as one that has nothing, and nothing of them is kept', async () => {
  const liar = await startTestNetwork({ bootstrap: [await addressOf(other)] })
  try {
    const { cid, bytes } = rawBlock(randomBytes(1_000))
    liar.extra.set(cid.toString(), randomBytes(1_000))
    const get = async (more: Record<string, string> = {}) => {
      const headers = { 'x-forwarded-for': '192.0.2.1', ...more }
      const answer = await fetch(`${other.gatewayUrl}/ipfs/${cid}?format=raw`, { headers })
      return { status: answer.status, bytes: Buffer.from(await answer.bytes()) }
    }
    await expect.poll(() => liar.network.report().peers).toBe(1)
    const refused = await get()
    expect([refused.status, refused.bytes.toString()]).toEqual([504, expect.stringMatching(/^504 fetch_timeout: /)])
    expect(liar.reads.count).toBeGreaterThan(0)
    expect((await get({ 'cache-control': 'only-if-cached' })).status).toBe(412)
    liar.extra.set(cid.toString(), bytes)
    await expect.poll(() => get()).toEqual({ status: 200, bytes: Buffer.from(bytes) })
  } finally {
    await liar.stop()
  }
})

it('a gateway in mode pinned asks nobody', async () => {
  expect((await fetch(`${one.gatewayUrl}/ipfs/${NOBODYS}`)).status).toBe(404)
})
