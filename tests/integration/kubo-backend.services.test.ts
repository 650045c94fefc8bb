import { randomBytes, randomUUID } from 'node:crypto'
import { callJson } from '@packages/testkit/http-client'
import type { KuboAddress } from '@packages/testkit/kubo-node'
import { startKuboNode } from '@packages/testkit/kubo-node'
import { startPlatform } from '@packages/testkit/start-platform'
import { expect, inject, test } from 'vitest'

const fleet = inject('kuboFleet')
type Node = Pick<KuboAddress, 'api' | 'token'>

const settings = (nodes: readonly Node[], more: Record<string, string> = {}): Record<string, string> => ({
  IPFS_BACKEND: 'kubo',
  KUBO_NODES: JSON.stringify(nodes.map(({ api, token }) => ({ url: api, ...(token === null ? {} : { token }) }))),
  ...more,
})

/** As the node itself says. */
const isPinned = async ({ api, token }: Node, cid: string): Promise<boolean> => {
  const answer = await fetch(`${api}/api/v0/pin/ls?arg=${cid}&type=recursive&timeout=5s`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
  })
  const text = await answer.text()
  if (answer.status !== 200 && !text.includes('is not pinned')) throw new Error(text)
  return answer.status === 200
}
const holders = async (cid: string): Promise<number> =>
  (await Promise.all(fleet.map((node) => isPinned(node, cid)))).filter(Boolean).length

test('an upload is acknowledged when two of three nodes have it, says so in its rows, and leaves them when it is deleted', async () => {
  await using platform = await startPlatform({ environment: settings(fleet) })
  const key = await platform.apiKey()
  const contents = Array.from({ length: 6 }, (_, index) => Buffer.from(randomBytes(index === 0 ? 3_000_000 : 500)))
  const uploads = await Promise.all(contents.map((content) => platform.upload(key, new Blob([content]))))
  for (const { file } of uploads) expect(await holders(file.cid)).toBe(2)
  const { rows } = await platform.db.pool.query<{ confirmed: number; on_nodes: string }>(`
    select c.confirmed, (select count(*) from replicas r join nodes n on n.id = r.node_id
      where r.content_id = c.id and r.status = 'pinned' and n.kind = 'kubo') as on_nodes
    from contents c where c.state = 'held'
  `)
  expect(rows).toHaveLength(6)
  for (const row of rows) expect([row.confirmed, Number(row.on_nodes)]).toEqual([3, 2])

  // The same again by another row of the same content, which keeps the pins when the first one goes.
  const [first] = uploads
  const again = await platform.upload(key, new Blob([contents[0] as Buffer<ArrayBuffer>]))
  const remove = (id: string) => callJson(`${platform.apiUrl}/api/v1/files/${id}`, { method: 'DELETE', token: key })
  await remove(first?.file.id ?? '')
  for (const { file } of uploads.slice(1)) await remove(file.id)
  await expect
    .poll(async () => Math.max(...(await Promise.all(uploads.slice(1).map(({ file }) => holders(file.cid))))), {
      timeout: 20_000,
    })
    .toBe(0)
  expect(await holders(again.file.cid)).toBeGreaterThanOrEqual(2)
  await remove(again.file.id)
  await expect.poll(() => holders(again.file.cid), { timeout: 20_000 }).toBe(0)
  const openTombstones = async () =>
    (await platform.db.pool.query('select content_id from tombstones where released_at is null')).rows
  await expect.poll(openTombstones).toEqual([])
})

test('an upload that too few nodes confirm is refused, and nothing of it is listed or kept', async () => {
  await using own = await startKuboNode({ token: randomUUID() })
  const nodes = [...fleet.slice(0, 1), own]
  await using platform = await startPlatform({ environment: settings(nodes) })
  const key = await platform.apiKey()
  await platform.upload(key, randomUUID())
  await own.kill()
  const content = randomUUID()
  await expect(platform.upload(key, content)).rejects.toMatchObject({
    status: 503,
    body: expect.stringContaining('reached 1 of the 2 nodes'),
  })
  const { rows } = await platform.db.pool.query<{ files: string; contents: string }>(`
    select (select count(*) from files) as files, (select count(*) from contents) as contents
  `)
  expect(rows.map((row) => [Number(row.files), Number(row.contents)])).toEqual([[1, 1]])
  await own.start()
  await expect
    .poll(
      () =>
        platform.upload(key, content).then(
          () => 'taken',
          () => 'refused',
        ),
      { timeout: 20_000 },
    )
    .toBe('taken')
})

test('a CID that somebody else has is pinned by a node, and read at the gateway', async () => {
  const [stranger, ...nodes] = fleet
  if (stranger === undefined) throw new Error('no fleet')
  const text = `what only a stranger had: ${randomUUID()}`
  const body = new FormData()
  body.set('file', new Blob([text]))
  const headers = { authorization: `Bearer ${stranger.token}` }
  const added = await fetch(`${stranger.api}/api/v0/add?cid-version=1&pin=true`, { method: 'POST', headers, body })
  const { Hash: cid } = (await added.json()) as { Hash: string }
  await using platform = await startPlatform({ environment: settings(nodes, { IPFS_DIAL_PRIVATE: 'yes' }) })
  for (const { api, token } of nodes)
    await fetch(`${api}/api/v0/swarm/connect?arg=${encodeURIComponent(stranger.swarm)}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
    })
  const key = await platform.apiKey()
  await callJson(`${platform.apiUrl}/api/v1/pins/${cid}`, { token: key, body: {} })
  const status = async () =>
    (await callJson<{ pins: { status: string }[] }>(`${platform.apiUrl}/api/v1/pins/${cid}/status`, { token: key }))
      .pins[0]?.status
  await expect.poll(status, { timeout: 20_000 }).toBe('pinned')
  const read = async () => (await fetch(`${platform.gatewayUrl}/ipfs/${cid}`)).text()
  await expect.poll(read, { timeout: 20_000 }).toBe(text)
  // Uploaded here as well: a duplicate, whose own root goes.
  await platform.upload(key, text)
  await expect.poll(read, { timeout: 20_000 }).toBe(text)
})

test('private files are on no node', async () => {
  await using platform = await startPlatform({ environment: settings(fleet) })
  const key = await platform.apiKey()
  const form = new FormData()
  form.set('file', new Blob([randomUUID()]), 'secret.txt')
  const answer = await fetch(`${platform.apiUrl}/api/v1/files/upload?visibility=private`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}` },
    body: form,
  })
  expect(answer.status).toBe(201)
  const { rows } = await platform.db.pool.query(`
    select from replicas r join nodes n on n.id = r.node_id where n.kind = 'kubo'
  `)
  expect(rows).toEqual([])
})

test('nodes that must not be used end the start with exit code 78, and say why', async () => {
  await using open = await startKuboNode()
  await using unsynced = await startKuboNode({
    token: 'x',
    configure: ({ Datastore }) => {
      for (const mount of Datastore.Spec.mounts) if (mount.sync === true) mount.sync = false
    },
  })
  const cases: [Node, string][] = [
    [{ api: fleet[0]?.api ?? '', token: 'another' }, 'refuses our credentials'],
    [{ api: open.api, token: 'x' }, 'answers without credentials'],
    [unsynced, '"sync": true'],
  ]
  for (const [node, message] of cases)
    await expect(startPlatform({ environment: settings([node]) })).rejects.toMatchObject({
      exitCode: 78,
      message: expect.stringContaining(message),
    })
})

test('a node that is down when the platform starts is used when it is up', async () => {
  await using own = await startKuboNode({ token: randomUUID() })
  await own.kill()
  await using platform = await startPlatform({ environment: settings([own]) })
  const key = await platform.apiKey()
  await expect(platform.upload(key, randomUUID())).rejects.toMatchObject({ status: 503 })
  await own.start()
  await expect
    .poll(
      () =>
        platform.upload(key, randomUUID()).then(
          ({ pin }) => pin.status,
          () => 'refused',
        ),
      { timeout: 20_000 },
    )
    .toBe('pinned')
})
