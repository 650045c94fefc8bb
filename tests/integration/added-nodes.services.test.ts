import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { callJson } from '@packages/testkit/http-client'
import { startPlatform, type TestPlatform } from '@packages/testkit/start-platform'
import { expect, inject, test } from 'vitest'

const [named, added] = inject('kuboFleet')
if (named === undefined || added === undefined) throw new Error('the fleet has three nodes')
const environment = {
  IPFS_BACKEND: 'kubo',
  KUBO_NODES: JSON.stringify([{ url: named.api, token: named.token, zone: 'a' }]),
}

/** As the node itself says. */
const isPinned = async (cid: string): Promise<boolean> => {
  const url = `${added.api}/api/v0/pin/ls?arg=${cid}&type=recursive&timeout=5s`
  return (await fetch(url, { method: 'POST', headers: { authorization: `Bearer ${added.token}` } })).status === 200
}
const nodes = async ({ apiUrl }: TestPlatform, token: string) =>
  (
    await callJson<{ nodes: { name: string; state: string; isAdded: boolean }[] }>(`${apiUrl}/api/v1/admin/nodes`, {
      token,
    })
  ).nodes
/** By chance it would be half of them. */
const takesUploads = async (platform: TestPlatform): Promise<void> => {
  const key = await platform.apiKey()
  for (let uploads = 0; uploads < 6; uploads++)
    expect(await isPinned((await platform.upload(key, randomUUID())).file.cid)).toBe(true)
}
/** Uploads something of which three copies are wished for, one of them in a zone, and waits for them. */
const isCopied = async (platform: TestPlatform): Promise<void> => {
  const key = await platform.apiKey()
  const { file } = await platform.upload(key, randomUUID())
  const url = `${platform.apiUrl}/api/v1/pins/${file.cid}`
  const body = { replication: { min: 3, max: 3, zones: ['b'] } }
  expect(await callJson(url, { method: 'PATCH', token: key, body })).toEqual({ changed: 1 })
  const told = async () =>
    (await callJson<{ pins: { status: string; replication: object }[] }>(`${url}/status`, { token: key })).pins[0]
  await expect.poll(told, { timeout: 20_000 }).toMatchObject({
    status: 'pinned',
    replication: { min: 3, max: 3, zones: ['b'], confirmed: 3, shortage: null },
  })
  expect(await isPinned(file.cid)).toBe(true)
}

test('a node that an operator adds is worked with at once, and again after a restart', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'hf-added-'))
  try {
    const start = () => startPlatform({ dataDir, database: 'embedded', environment })
    {
      await using platform = await start()
      const { accessToken: token } = await platform.logIn()
      const body = { url: added.api, token: added.token, name: 'added', zone: 'b' }
      const node = await callJson(`${platform.apiUrl}/api/v1/admin/nodes`, { token, body })
      expect(node).toMatchObject({ name: 'added', zone: 'b', isAdded: true, state: 'up', peerId: added.peerId })
      // Uploads go to a node of the zone that has to have them, before they are answered.
      const { organizations } = await callJson<{ organizations: { id: string }[] }>(
        `${platform.apiUrl}/api/v1/organizations`,
        { token },
      )
      const defaultReplication = { min: 1, max: 2, zones: ['b'] }
      const url = `${platform.apiUrl}/api/v1/organizations/${organizations[0]?.id}`
      await callJson(url, { method: 'PATCH', token, body: { defaultReplication } })
      await takesUploads(platform)
      await isCopied(platform)
    }
    await using platform = await start()
    const { accessToken: token } = await platform.logIn()
    await expect
      .poll(() => nodes(platform, token), { timeout: 20_000 })
      .toEqual(expect.arrayContaining([expect.objectContaining({ name: 'added', state: 'up', isAdded: true })]))
    await takesUploads(platform)
  } finally {
    await rm(dataDir, { recursive: true, force: true, maxRetries: 5 })
  }
})
