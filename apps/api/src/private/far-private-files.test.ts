import { randomBytes, randomUUIDv7 } from 'node:crypto'
import { ReadThrough } from '@packages/content/block-sources/read-through'
import { cidOnNodes, fromNodes } from '@packages/content/private/node-tree'
import { PRIVATE_REALM } from '@packages/content/private/private-realm'
import { walkList } from '@packages/content/private/walk-list'
import { parseCid } from '@packages/shared/cid'
import type { CID } from 'multiformats/cid'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { FORM_HEADERS, filePart, formBody } from '../testing/multipart-form.ts'
import { buildSecondApi, buildTestContentApi, type TestApi, type TestUser } from '../testing/test-api.ts'

let first: Awaited<ReturnType<typeof buildTestContentApi>>
/** As in a platform that has nodes. */
let api: TestApi
let owner: TestUser
let stranger: TestUser
const node = randomUUIDv7()
const onNode = new Map<string, Uint8Array>()
let asked: string[] = []

beforeAll(async () => {
  first = await buildTestContentApi()
  const far = new ReadThrough({
    nodes: (holders, realm) => {
      const source = {
        get: async (cid: CID) => {
          asked.push(`${realm} ${cid}`)
          return realm === 'private' && holders.includes(node) ? onNode.get(`${cid}`) : undefined
        },
      }
      return realm === 'private' ? fromNodes(source) : source
    },
    cache: null,
  })
  api = await buildSecondApi(first, { content: { ...first.content.deps, far } })
  owner = await first.setUp()
  stranger = await first.addUser(owner)
  await first.db.kysely
    .insertInto('nodes')
    .values({ id: node, name: 'vault', kind: 'kubo', network: 'private', state: 'up' })
    .execute()
})
afterAll(async () => {
  await api.app.close()
  await first.stop()
})

const upload = async (text: string) => {
  const url = '/api/v1/files/upload?visibility=private'
  const headers = { ...owner.headers, ...FORM_HEADERS }
  const reply = await first.app.inject({ method: 'POST', url, headers, payload: formBody([filePart(text)]) })
  expect(reply.statusCode).toBe(201)
  return reply.json().file as { id: string; cid: string }
}

/** A private file that a private node alone has. */
const away = async (text: string) => {
  const file = await upload(text)
  const { store } = first.content
  const { kysely } = first.db
  const { content_id: contentId, pin_id: pinId } = await kysely
    .selectFrom('files')
    .select(['content_id', 'pin_id'])
    .where('id', '=', file.id)
    .executeTakeFirstOrThrow()
  const { cid: list } = await kysely
    .selectFrom('contents')
    .select('cid')
    .where('id', '=', contentId)
    .executeTakeFirstOrThrow()
  for await (const { cid, bytes } of walkList(store.reader(PRIVATE_REALM), parseCid(list)))
    onNode.set(`${cidOnNodes(cid)}`, Buffer.from(bytes))
  await kysely
    .updateTable('replicas')
    .set({ node_id: node, pinned_at: new Date() })
    .where('content_id', '=', contentId)
    .execute()
  await store.release(contentId)
  await store.idle()
  return { ...file, contentId, pinId }
}
const call = (path: string, as = owner) => api.call('GET', path, { as: as.headers })

it('a private file that private nodes alone have is read, exported and made public', async () => {
  const text = `only there ${randomBytes(8).toString('hex')}`
  const file = await away(text)
  const car = await call(`/api/v1/files/${file.id}/car`)
  expect([car.statusCode, car.rawPayload.includes(text)]).toEqual([200, true])
  expect(asked.filter((one) => one.startsWith('public'))).toEqual([])
  const archive = await call(`/api/v1/organizations/${owner.organizationId}/export`)
  expect([archive.statusCode, archive.rawPayload.includes(text)]).toEqual([200, true])
  expect(archive.rawPayload.includes('"whole":true')).toBe(true)
  // Whoever has no nodes at hand says that it is not there.
  expect((await first.call('GET', `/api/v1/files/${file.id}/car`, { as: owner.headers })).statusCode).toBe(404)
  const shown = await api.call('PUT', `/api/v1/files/${file.id}/visibility`, {
    as: owner.headers,
    body: { visibility: 'public' },
  })
  expect([shown.statusCode, shown.json().file.visibility, shown.json().file.cid]).toEqual([200, 'public', file.cid])
  expect(await first.content.store.reader('public').get(parseCid(file.cid))).toBeDefined()
})

it('its holders are told to its owner alone: to all others there is no such file, and no node is asked', async () => {
  const file = await away('nobody else')
  asked = []
  for (const path of [
    `/files/${file.id}`,
    `/files/${file.id}/car`,
    `/pins/${file.pinId}/status`,
    `/pins/${file.cid}/status`,
  ])
    expect([path, (await call(`/api/v1${path}`, stranger)).statusCode]).toEqual([path, 404])
  expect(asked).toEqual([])
  const told = await call(`/api/v1/pins/${file.pinId}/status`)
  expect(told.statusCode).toBe(200)
  expect(told.body).toContain('vault')
  // The Pinning Service API, which names nodes to fetch from, knows nothing of it.
  const psa = await call(`/psa/pins?cid=${file.cid}&status=queued,pinning,pinned,failed`)
  expect([psa.statusCode, psa.json().count]).toEqual([200, 0])
  expect((await call(`/psa/pins/${file.pinId}`)).statusCode).toBe(404)
})
