import { createIpnsRecord } from '@packages/content/ipns/create-ipns-record'
import { ipnsKeyPair } from '@packages/content/ipns/ipns-key-pair'
import { readProtobuf } from '@packages/content/ipns/protobuf-fields'
import { startPlatform, type TestPlatform } from '@packages/testkit/start-platform'
import { afterAll, beforeAll, expect, it } from 'vitest'

// IPNS names, from the API's publication to the gateway's answer, as they are wired.

let p: TestPlatform
let key: string
let session: string
let cids: string[]
beforeAll(async () => {
  p = await startPlatform()
  key = await p.apiKey(p.admin, ['files:*', 'ipns:*'])
  session = (await p.logIn()).accessToken
  cids = []
  for (const body of ['one', 'two', 'three']) cids.push((await p.upload(key, body)).file.cid)
})
afterAll(() => p?.stop())

type Key = { id: string; name: string }

const api = (method: string, path: string, body?: object, as = key): Promise<Response> =>
  fetch(`${p.apiUrl}/api/v1/ipns${path}`, {
    method,
    headers: { authorization: `Bearer ${as}`, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  })
const makeKey = async (label: string): Promise<Key> => (await (await api('POST', '/keys', { label })).json()) as Key
const publish = async ({ id }: Key, value = ''): Promise<number> =>
  (await api('POST', `/keys/${id}/publish`, { value })).status
const shown = async ({ name }: Key): Promise<string> => {
  const answer = await fetch(`${p.gatewayUrl}/ipns/${name}`)
  return answer.ok ? answer.text() : String(answer.status)
}

it('a name leads where it was published to from the answer on, again and again', async () => {
  const made = await makeKey('site')
  expect(await shown(made)).toBe('502')
  for (const [at, body] of ['one', 'two', 'three', 'one'].entries()) {
    expect([at, await publish(made, cids[at % 3])]).toEqual([at, 201])
    expect(await shown(made)).toBe(body)
  }
  expect((await api('DELETE', `/keys/${made.id}`)).status).toBe(204)
  expect(await shown(made)).toBe('502')
})

it('whoever took the key along leads the name by PUT, and publishing here goes on above that', async () => {
  const made = await makeKey('taken along')
  expect(await publish(made, cids[0])).toBe(201)
  const { password } = p.admin
  const exported = await api('POST', `/keys/${made.id}/export`, { password, confirm: made.name }, session)
  const { privateKey } = (await exported.json()) as { privateKey: string }
  const seed = readProtobuf(Buffer.from(privateKey, 'base64'))?.bytes.get(2)?.subarray(0, 32) ?? Buffer.alloc(0)
  const record = createIpnsRecord(ipnsKeyPair(seed).privateKey, {
    value: `/ipfs/${cids[1]}`,
    sequence: 9n,
    validity: '2099-01-01T00:00:00Z',
    ttlSeconds: 60,
  })
  const put = await fetch(`${p.gatewayUrl}/routing/v1/ipns/${made.name}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/vnd.ipfs.ipns-record' },
    body: new Uint8Array(record),
  })
  expect(put.status).toBe(200)
  await expect.poll(() => shown(made), { timeout: 5_000 }).toBe('two')
  expect(await publish(made, cids[2])).toBe(201)
  expect(await shown(made)).toBe('three')
  const { publications } = (await (await api('GET', `/keys/${made.id}/publications`)).json()) as {
    publications: { sequence: string; way: string }[]
  }
  expect(publications.map(({ sequence, way }) => `${way} ${sequence}`)).toEqual(['key 10', 'record 9', 'key 1'])
})
