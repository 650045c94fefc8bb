import { callJson } from '@packages/testkit/http-client'
import { startPlatform, type TestPlatform } from '@packages/testkit/start-platform'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'

const swarm = { SWARM_PORT: '0', IPFS_NETWORK: 'public', IPFS_DIAL_PRIVATE: 'yes' }

let one: TestPlatform
let other: TestPlatform
let address = ''

const network = async (platform: TestPlatform) => {
  const { accessToken: token } = await platform.logIn()
  const health = await callJson<{ detail: { network: { state: string; addresses: string[]; reason: string | null } } }>(
    `${platform.apiUrl}/health/ipfs`,
    { token },
  )
  return health.detail.network
}

beforeAll(async () => {
  one = await startPlatform({ environment: { ...swarm, IPFS_BOOTSTRAP: 'none' } })
  await vi.waitFor(async () => expect(await network(one)).toMatchObject({ state: 'up', reason: 'no peers' }), {
    timeout: 20_000,
  })
  address = (await network(one)).addresses[0] ?? ''
  other = await startPlatform({ environment: { ...swarm, IPFS_BOOTSTRAP: address } })
})
afterAll(() => Promise.all([one?.stop(), other?.stop()]))

it('listens on the address of the platform alone, and tells it to nodes and operators', async () => {
  expect(address).toMatch(/^\/ip4\/127\.0\.0\.1\/tcp\/\d+\/p2p\/12D3KooW\w+$/)
  expect((await network(one)).addresses).toEqual([address])
  expect(await (await fetch(`${one.apiUrl}/health/ipfs`)).json()).toEqual({ status: 'ok' })
})

it('a pin by CID at one platform is pinned with what the other holds, and served', async () => {
  const content = 'from one platform to another '.repeat(100_000)
  const { file } = await one.upload(await one.apiKey(), content, 'a.txt')
  const { cid } = file
  const key = await other.apiKey()
  await callJson(`${other.apiUrl}/api/v1/pins/${cid}`, { token: key, method: 'POST' })
  await expect
    .poll(() => callJson(`${other.apiUrl}/api/v1/pins/${cid}/status`, { token: key }), {
      timeout: 20_000,
    })
    .toMatchObject({ pins: [{ status: 'pinned' }] })
  const served = await fetch(`${other.gatewayUrl}/ipfs/${cid}`)
  expect(await served.text()).toBe(content)
  const metrics = await (await fetch(other.metricsUrl)).text()
  expect(metrics).toContain('ipfs_peers_connected 1')
})
