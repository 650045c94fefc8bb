import { randomBytes, randomUUIDv7 } from 'node:crypto'
import { ReadThrough } from '@packages/content/block-sources/read-through'
import { cidOnNodes, fromNodes } from '@packages/content/private/node-tree'
import { PRIVATE_REALM } from '@packages/content/private/private-realm'
import { beginPrivateUpload } from '@packages/content/private/private-upload'
import { walkList } from '@packages/content/private/walk-list'
import { importFile } from '@packages/content/unixfs/import-file'
import { importProfiles } from '@packages/content/unixfs/import-profile'
import { silentLogger } from '@packages/runtime/minimal-logger'
import { unlimited } from '@packages/runtime/rate-limiter'
import type { CID } from 'multiformats/cid'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Gateway, startGateway } from './start-gateway.ts'
import { makeLink } from './test-support/make-link.ts'
import { startTestGateway, type TestGateway } from './test-support/start-test-gateway.ts'

let t: TestGateway
/** In a process of its own, where blocks come over a line. */
let other: Gateway
const rootKey = new Uint8Array(randomBytes(32))
const privateNode = randomUUIDv7()
const publicNode = randomUUIDv7()
/** What the private node has, and what nodes of each network were asked. */
const onNode = new Map<string, Uint8Array>()
const asked = { public: [] as string[], private: [] as string[] }
let broken = false

const far = new ReadThrough({
  nodes: (holders, realm) => {
    const source = {
      get: async (cid: CID) => {
        asked[realm].push(`${cid}`)
        if (broken) throw new Error('sent bytes that are not the block')
        return realm === 'private' && holders.includes(privateNode) ? onNode.get(`${cid}`) : undefined
      },
    }
    return realm === 'private' ? fromNodes(source) : source
  },
  cache: null,
})
const privateFiles = {
  rootKey: async () => rootKey,
  openName: async () => 'secret.bin',
  cidHash: async () => undefined,
}

beforeAll(async () => {
  t = await startTestGateway({ far, privateFiles })
  const passwordTries = { client: unlimited, link: unlimited }
  other = await startGateway({
    db: t.db,
    storeDirectory: t.directory,
    host: '127.0.0.1',
    port: 0,
    workers: 1,
    files: { passwordTries, authenticateReader: undefined, privateFiles },
    far,
    logger: silentLogger,
    logLevel: 'silent',
  })
  await t.db.kysely
    .insertInto('nodes')
    .values([
      { id: privateNode, name: 'private', kind: 'kubo', network: 'private' },
      { id: publicNode, name: 'public', kind: 'kubo' },
    ])
    .execute()
})
afterAll(async () => {
  await other?.stop(200)
  await t?.stop()
})

async function* inOnePiece(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

/** A private file of which private nodes alone have the ciphertexts, with a link to it. */
const away = async (body: Uint8Array) => {
  const contentId = randomUUIDv7()
  const { organizationId, pinId } = await t.upload(randomBytes(100))
  const sink = beginPrivateUpload(t.store, { organizationId, contentId, rootKey })
  const { root } = await importFile(inOnePiece(body), { sink, profile: importProfiles['unixfs-v1-2025'] })
  const { list } = await sink.commit(root)
  t.store.settle(contentId)
  // The rows of a public file stand for the private one's.
  const { kysely } = t.db
  const cid = list.toString()
  await kysely
    .insertInto('contents')
    .values({ id: contentId, realm: 'private', cid, dag_size: 1, blocks: 1, state: 'held' })
    .execute()
  await kysely
    .insertInto('replicas')
    .values({ content_id: contentId, node_id: privateNode, status: 'pinned', pinned_at: new Date() })
    .execute()
  await kysely.updateTable('files').set({ content_id: contentId }).where('pin_id', '=', pinId).execute()
  const { id, token } = await makeLink(t.db, pinId)
  const ciphertexts: CID[] = []
  for await (const block of walkList(t.store.reader(PRIVATE_REALM), list)) {
    onNode.set(`${cidOnNodes(block.cid)}`, Buffer.from(block.bytes))
    ciphertexts.push(cidOnNodes(block.cid))
  }
  await t.store.release(contentId)
  await t.store.idle()
  return { root, contentId, ciphertexts, linkId: id, path: `/files/${root}?link=${token}` }
}
const urls = () => [t.url, `http://127.0.0.1:${other.port}`]
const get = async (url: string, headers: Record<string, string> = {}) => {
  const response = await fetch(url, { headers })
  return { status: response.status, bytes: Buffer.from(await response.bytes()) }
}

it('a private file that private nodes alone have is read by its link, in ranges too, and no public node is asked', async () => {
  const body = randomBytes(2_400_000)
  const { path, root, ciphertexts } = await away(body)
  asked.public = []
  for (const url of urls()) {
    const whole = await get(`${url}${path}`)
    expect([whole.status, whole.bytes.equals(body)]).toEqual([200, true])
    const part = await get(`${url}${path}`, { range: 'bytes=1048570-1048589' })
    expect([part.status, part.bytes]).toEqual([206, body.subarray(1_048_570, 1_048_590)])
  }
  expect([asked.public, asked.private.length > 0]).toEqual([[], true])
  // Who has no link gets nothing, by its CID or by those of its ciphertexts, and nobody is asked for them.
  asked.private = []
  for (const url of urls())
    for (const cid of [root, ...ciphertexts.slice(0, 4)])
      for (const ask of [`/ipfs/${cid}`, `/ipfs/${cid}?format=raw`, `/ipfs/${cid}?format=car`, `/files/${cid}`])
        expect([ask, [401, 404].includes((await get(`${url}${ask}`)).status)]).toEqual([ask, true])
  expect([asked.public, asked.private]).toEqual([[], []])
})

it('what a public node is said to have of a private file is not read from it', async () => {
  const { path, contentId } = await away(randomBytes(1_000))
  await t.db.kysely.updateTable('replicas').set({ node_id: publicNode }).where('content_id', '=', contentId).execute()
  asked.private = []
  for (const url of urls()) expect((await get(`${url}${path}`)).status).toBe(404)
  expect([asked.public, asked.private]).toEqual([[], []])
})

it('while no private node gives it the answer is 503 to come back; a link that is revoked opens nothing', async () => {
  const { path, linkId } = await away(randomBytes(1_000))
  broken = true
  for (const url of urls()) expect((await get(`${url}${path}`)).status).toBe(503)
  broken = false
  for (const url of urls()) expect((await get(`${url}${path}`)).status).toBe(200)
  await t.db.unitOfWork.run(async (uow) => {
    await uow.tx.updateTable('file_links').set({ revoked_at: new Date() }).where('id', '=', linkId).execute()
    uow.policy({ kind: 'link.revoked', linkId })
  })
  asked.private = []
  for (const url of urls()) expect((await get(`${url}${path}`)).status).toBe(410)
  expect(asked.private).toEqual([])
})
