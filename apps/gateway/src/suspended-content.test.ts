import { hash, randomBytes, randomUUIDv7 } from 'node:crypto'
import { linkedCids } from '@packages/content/block-store/block-links'
import { FolderImport } from '@packages/content/unixfs/import-folder'
import { importProfiles } from '@packages/content/unixfs/import-profile'
import { IngestCommitter } from '@packages/db/ingest-committer'
import { waitForGateways } from '@packages/db/policy-log'
import { ingestItem, seedNode } from '@packages/db/test-database/seed'
import { unlimited } from '@packages/runtime/rate-limiter'
import { silentLogger } from '@packages/runtime/minimal-logger'
import { canonicalCid, parseCid } from '@packages/shared/cid'
import { CID } from 'multiformats/cid'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { startGateway } from './start-gateway.ts'
import { startTestGateway, type TestGateway, type UploadedFile } from './test-support/start-test-gateway.ts'

type Owner = { organizationId: string; userId: string }
let t: TestGateway
let nodeId: string
beforeAll(async () => {
  t = await startTestGateway()
  nodeId = await seedNode(t.db)
})
afterAll(() => t?.stop())

const digest = (bytes: Uint8Array): string => hash('sha256', bytes)
const get = async (path: string, init: RequestInit = {}, url = t.url): Promise<[number, string]> => {
  const response = await fetch(`${url}${path}`, { redirect: 'manual', ...init })
  return [response.status, digest(await response.bytes())]
}
const statusOf = async (path: string, init: RequestInit = {}): Promise<number> => (await get(path, init))[0]
const until = (path: string, status: number): Promise<void> =>
  vi.waitFor(async () => expect([path, await statusOf(path)]).toEqual([path, status]), {
    timeout: 10_000,
    interval: 50,
  })

const setState = ({ organizationId }: Owner, state: 'active' | 'suspended' | 'read-only') =>
  t.db.unitOfWork.run(async (uow) => {
    await uow.tx.updateTable('organizations').set({ state }).where('id', '=', organizationId).execute()
    uow.policy({ kind: 'organization.changed', organizationId })
  })

/** A folder with these files in it; the CIDs of all of its blocks by path. */
const uploadFolder = async (owner: Owner, files: [string, Uint8Array][]): Promise<UploadedFile> => {
  const contentId = randomUUIDv7()
  const sink = t.store.beginUpload({ realm: 'public', contentId })
  const folder = new FolderImport({ sink, profile: importProfiles['unixfs-v1-2025'] })
  for (const [path, bytes] of files)
    await folder.addFile(
      path.split('/'),
      (async function* () {
        yield bytes
      })(),
    )
  const { root } = await folder.finish({ wrap: true })
  const { dagSize, blocks } = await sink.commit(root)
  const pinId = randomUUIDv7()
  const committer = new IngestCommitter({ unitOfWork: t.db.unitOfWork, logger: silentLogger })
  const facts = { contentId, canonicalCid: canonicalCid(root), dagSize, blocks, pin: { id: pinId } }
  const committed = await committer.commit(ingestItem(owner, nodeId, root.toString(), facts))
  t.store.settle(contentId)
  if (committed.contentId !== contentId) await t.store.release(contentId)
  return { cid: root.toString(), contentId: committed.contentId, pinId, organizationId: owner.organizationId }
}

/** Every way to the bytes of this block. */
const ways = (cid: string): [string, RequestInit][] => [
  [`/ipfs/${cid}`, {}],
  [`/ipfs/${cid}`, { method: 'HEAD' }],
  [`/ipfs/${cid}`, { headers: { range: 'bytes=0-9' } }],
  [`/ipfs/${cid}`, { headers: { 'if-none-match': `"${cid}"` } }],
  [`/ipfs/${cid}?format=raw`, {}],
  // The same bytes by another codec.
  [`/ipfs/${CID.createV1(0x55, parseCid(cid).multihash)}?format=raw`, {}],
]

/** Another gateway on the same store. */
const startSecond = (db: Parameters<typeof startGateway>[0]['db'] = t.db): ReturnType<typeof startGateway> =>
  startGateway({
    db,
    storeDirectory: t.directory,
    reader: t.store.reader('public'),
    host: '127.0.0.1',
    port: 0,
    workers: 'in-process',
    files: {
      passwordTries: { client: unlimited, link: unlimited },
      authenticateReader: undefined,
      privateFiles: undefined,
    },
    logger: silentLogger,
  })

const chunksOf = async (cid: string): Promise<string[]> => {
  const bytes = (await t.store.reader('public').get(parseCid(cid))) ?? new Uint8Array()
  return linkedCids(parseCid(cid).code, bytes).map((link) => link.toString())
}

it('what a suspended tenant alone holds is not held, by its root and by every block below it, until it is restored', async () => {
  const owner = await t.newOwner()
  const file = await t.upload(randomBytes(3_000_000), { owner })
  const folder = await uploadFolder(owner, [
    ['index.html', Buffer.from('<p>come in</p>')],
    ['deep/er.bin', randomBytes(2_500_000)],
  ])
  const [page, deep] = await chunksOf(folder.cid).then((cids) => cids.toReversed())
  const cids = [file.cid, folder.cid, page, deep, ...(await chunksOf(file.cid))].filter((cid) => cid !== undefined)
  expect(cids).toHaveLength(7)
  const all = [...cids.flatMap(ways), [`/ipfs/${folder.cid}/index.html`, {}], [`/ipfs/${folder.cid}/deep/er.bin`, {}]]
  const statuses = async () => {
    const told: number[] = []
    for (const [path, init] of all as [string, RequestInit][]) told.push(await statusOf(path, init))
    return told
  }
  // Twice: what is remembered is not served either.
  await statuses()
  const before = await statuses()
  expect(before.filter((status) => status < 400).length).toBeGreaterThan(all.length - 5)

  await setState(owner, 'suspended')
  for (const cid of cids) await until(`/ipfs/${cid}`, 404)
  expect(new Set(await statuses())).toEqual(new Set([404]))
  const unknown = await get('/ipfs/bafkreifzjut3te7nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e')
  expect(await get(`/ipfs/${file.cid}`)).toEqual(unknown)

  // A gateway that starts now does not serve it for a moment.
  const second = await startSecond()
  for (const cid of cids) expect((await get(`/ipfs/${cid}`, {}, `http://127.0.0.1:${second.port}`))[0]).toBe(404)
  await second.stop(0)

  await setState(owner, 'read-only')
  await until(`/ipfs/${file.cid}`, 200)
  await until(`/ipfs/${folder.cid}/deep/er.bin`, 200)
  expect(await statuses()).toEqual(before)
})

it('what an active tenant holds as well stays: the root, a file in a folder, a part of a file', async () => {
  const [owner, other] = [await t.newOwner(), await t.newOwner()]
  const [same, inFolder, head, alone] = [
    randomBytes(1_500),
    randomBytes(1_600),
    randomBytes(1_048_576),
    randomBytes(1_700),
  ]
  const shared = await t.upload(same, { owner })
  await t.upload(same, { owner: other })
  const theirs = await t.upload(inFolder, { owner })
  const folder = await uploadFolder(other, [
    ['a', inFolder],
    ['b', randomBytes(9)],
  ])
  const long = await t.upload(Buffer.concat([head, randomBytes(1_000)]), { owner })
  const longer = await t.upload(Buffer.concat([head, randomBytes(2_000)]), { owner: other })
  const gone = await t.upload(alone, { owner })
  const [part] = await chunksOf(long.cid)
  await setState(owner, 'suspended')
  await until(`/ipfs/${gone.cid}`, 404)
  expect(await get(`/ipfs/${shared.cid}`)).toEqual([200, digest(same)])
  // Their own root, and a file in somebody else's folder: as if it was released, and so it stays.
  expect(await get(`/ipfs/${theirs.cid}`)).toEqual([200, digest(inFolder)])
  expect(await get(`/ipfs/${folder.cid}/a`)).toEqual([200, digest(inFolder)])
  expect(await statusOf(`/ipfs/${long.cid}`)).toBe(404)
  expect(await get(`/ipfs/${part}?format=raw`)).toEqual([200, digest(head)])
  expect(await statusOf(`/ipfs/${longer.cid}`)).toBe(200)

  // An upload that comes now is served as soon as it is acknowledged, or a moment later where the root itself is the same.
  const wrapped = await uploadFolder(other, [['it', alone]])
  expect(await get(`/ipfs/${wrapped.cid}/it`)).toEqual([200, digest(alone)])
  const again = await t.upload(Buffer.concat([head, randomBytes(1_000)]), { owner: other })
  expect(await statusOf(`/ipfs/${again.cid}`)).toBe(200)
  const own = await t.upload(randomBytes(777), { owner })
  await setState(owner, 'suspended')
  await until(`/ipfs/${own.cid}`, 404)
  const copy = await t.upload((await t.store.reader('public').get(parseCid(own.cid))) as Uint8Array, { owner: other })
  expect(copy.cid).toBe(own.cid)
  await until(`/ipfs/${own.cid}`, 200)
  // When they delete theirs, nobody who is active holds it.
  await t.remove(copy)
  await setState(other, 'active')
  await until(`/ipfs/${own.cid}`, 404)
})

it('what is below a withheld root and somebody active uploads comes back to the last block', async () => {
  const [owner, other] = [await t.newOwner(), await t.newOwner()]
  const bytes = randomBytes(3_000_000)
  const folder = await uploadFolder(owner, [
    ['large.bin', bytes],
    ['else.bin', randomBytes(10)],
  ])
  await setState(owner, 'suspended')
  await until(`/ipfs/${folder.cid}/large.bin`, 404)
  const { cid } = await t.upload(bytes, { owner: other })
  expect(await chunksOf(folder.cid)).toContain(cid)
  await vi.waitFor(async () => expect(await get(`/ipfs/${cid}`)).toEqual([200, digest(bytes)]), { timeout: 15_000 })
  expect(await statusOf(`/ipfs/${folder.cid}`)).toBe(404)
})

it('a gateway that cannot find out what is withheld starts, and serves nothing public until it can', async () => {
  const [owner, other] = [await t.newOwner(), await t.newOwner()]
  const [hidden, shown] = [
    await t.upload(randomBytes(900), { owner }),
    await t.upload(randomBytes(901), { owner: other }),
  ]
  await setState(owner, 'suspended')
  let isAway = true
  const kysely = t.db.kysely.withPlugin({
    transformQuery: ({ node }) => {
      if (isAway && JSON.stringify(node).includes(`o.state = 'suspended'`)) throw new Error('the database is away')
      return node
    },
    transformResult: async ({ result }) => result,
  })
  const second = await startSecond({ ...t.db, kysely })
  const url = `http://127.0.0.1:${second.port}`
  const ask = async ({ cid }: UploadedFile): Promise<number> => (await get(`/ipfs/${cid}`, {}, url))[0]
  for (const { cid } of [hidden, shown])
    for (const [path, init] of ways(cid)) expect([path, (await get(path, init, url))[0]]).toEqual([path, 503])
  expect((await fetch(`${url}/ipfs/${shown.cid}`)).headers.get('retry-after')).toBe('2')
  isAway = false
  await vi.waitFor(async () => expect(await ask(shown)).toBe(200), { timeout: 10_000, interval: 50 })
  expect(await ask(hidden)).toBe(404)
  await second.stop(0)
})

it('a suspension counts as followed when all of it is withheld, not before', async () => {
  const owner = await t.newOwner()
  const file = await t.upload(randomBytes(2_500_000), { owner })
  const [looks, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const looking = new WeakSet<object>()
  let isSlow = false
  const kysely = t.db.kysely.withPlugin({
    transformQuery: ({ node, queryId }) => {
      if (isSlow && JSON.stringify(node).includes(`o.state = 'suspended'`)) looking.add(queryId)
      return node
    },
    transformResult: async ({ result, queryId }) => {
      if (!looking.has(queryId)) return result
      looks.resolve()
      await goOn.promise
      return result
    },
  })
  const second = await startSecond({ ...t.db, kysely })
  const url = `http://127.0.0.1:${second.port}`
  isSlow = true
  const { policyPosition } = await setState(owner, 'suspended')
  if (policyPosition === undefined) throw new Error('it is told of')
  await looks.promise
  expect(await waitForGateways(t.db.kysely, policyPosition, 300)).toBe(false)
  expect((await get(`/ipfs/${file.cid}`, {}, url))[0]).toBe(200)
  goOn.resolve()
  expect(await waitForGateways(t.db.kysely, policyPosition, 10_000)).toBe(true)
  for (const cid of [file.cid, ...(await chunksOf(file.cid))])
    for (const [path, init] of ways(cid))
      for (const at of [url, t.url]) expect([path, (await get(path, init, at))[0]]).toEqual([path, 404])
  await second.stop(0)
})

it('what is on its way when its tenant is suspended is cut', async () => {
  const owner = await t.newOwner()
  const large = await t.upload(randomBytes(48_000_000), { owner })
  const response = await fetch(`${t.url}/ipfs/${large.cid}`)
  const reader = response.body?.getReader()
  await reader?.read()
  await setState(owner, 'suspended')
  await until(`/ipfs/${large.cid}`, 404)
  const drain = async (): Promise<void> => {
    while (!(await reader?.read())?.done);
  }
  await expect(drain()).rejects.toThrow()
})
