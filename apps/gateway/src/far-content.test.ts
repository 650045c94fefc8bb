import { hash, randomBytes, randomUUIDv7 } from 'node:crypto'
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { blockKey } from '@packages/content/block-store/block-key'
import { type FarBlocks, ReadThrough } from '@packages/content/block-sources/read-through'
import { BlockCache } from '@packages/content/cache/block-cache'
import { cacheCar } from '@packages/content/car/cache-car'
import { carV1, inPieces } from '@packages/content/car/test-cars'
import { walkDag } from '@packages/content/dag/walk-dag'
import { FolderImport } from '@packages/content/unixfs/import-folder'
import { importProfiles } from '@packages/content/unixfs/import-profile'
import { IngestCommitter } from '@packages/db/ingest-committer'
import { ingestItem, seedNode } from '@packages/db/test-database/seed'
import { silentLogger } from '@packages/runtime/minimal-logger'
import { unlimited } from '@packages/runtime/rate-limiter'
import { canonicalCid, parseCid } from '@packages/shared/cid'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { type Gateway, startGateway } from './start-gateway.ts'
import { makeLink } from './test-support/make-link.ts'
import { startTestGateway, type TestGateway, type UploadedFile } from './test-support/start-test-gateway.ts'

type Owner = { organizationId: string; userId: string }
let t: TestGateway
/** In a process of its own, where blocks come over a line. */
let other: Gateway
let cache: BlockCache
let folder: string
const farNode = randomUUIDv7()
/** What the node has, and how it answers. */
const onNode = new Map<string, Uint8Array>()
let asked: string[] = []
let broken = false
let reading: FarBlocks | undefined
const far: FarBlocks = { from: (holders) => reading?.from(holders) ?? { get: async () => undefined } }

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-far-'))
  await writeFile(join(folder, 'own.deny'), '')
  const denylists = [join(folder, 'own.deny')]
  t = await startTestGateway({ far, denylists })
  cache = new BlockCache({ store: t.store, maxBytes: 2 ** 26, hasRoom: async () => true, logger: silentLogger })
  reading = new ReadThrough({
    nodes: (holders) => ({
      get: async (cid) => {
        asked.push(cid.toString())
        if (broken) throw new Error('sent bytes that are not the block')
        return holders.includes(farNode) ? onNode.get(blockKey(cid)) : undefined
      },
    }),
    cache,
  })
  await t.db.kysely.insertInto('nodes').values({ id: farNode, name: 'far', kind: 'kubo' }).execute()
  other = await startGateway({
    db: t.db,
    storeDirectory: t.directory,
    host: '127.0.0.1',
    port: 0,
    workers: 1,
    files: {
      passwordTries: { client: unlimited, link: unlimited },
      authenticateReader: undefined,
      privateFiles: undefined,
    },
    far,
    denylists,
    logger: silentLogger,
    logLevel: 'silent',
  })
})
afterAll(async () => {
  await other?.stop(200)
  await cache?.stop()
  await t?.stop()
  await rm(folder, { recursive: true, force: true })
})

const urls = () => [t.url, `http://127.0.0.1:${other.port}`]
const get = async (path: string, init: RequestInit = {}, url = t.url) => {
  const response = await fetch(`${url}${path}`, { redirect: 'manual', ...init })
  return { status: response.status, headers: response.headers, sha: hash('sha256', await response.bytes()) }
}
const shaOf = (bytes: Uint8Array): string => hash('sha256', bytes)

/** As the own store lets it go: a node has it, the rows say so, and then the blocks go. */
const letGo = async ({ cid, contentId }: { cid: string; contentId: string }): Promise<string[]> => {
  const cids: string[] = []
  for await (const block of walkDag(t.store.reader('public'), parseCid(cid))) {
    onNode.set(blockKey(block.cid), Buffer.from(block.bytes))
    cids.push(block.cid.toString())
  }
  await t.db.kysely
    .insertInto('replicas')
    .values({ content_id: contentId, node_id: farNode, status: 'pinned', pinned_at: new Date() })
    .execute()
  await t.db.kysely.deleteFrom('replicas').where('content_id', '=', contentId).where('node_id', '<>', farNode).execute()
  await t.store.release(contentId)
  await t.store.idle()
  return cids
}

const uploadFolder = async (owner: Owner, files: [string, Uint8Array][]): Promise<UploadedFile> => {
  const contentId = randomUUIDv7()
  const sink = t.store.beginUpload({ realm: 'public', contentId })
  const made = new FolderImport({ sink, profile: importProfiles['unixfs-v1-2025'] })
  for (const [path, bytes] of files)
    await made.addFile(
      path.split('/'),
      (async function* () {
        yield bytes
      })(),
    )
  const { root } = await made.finish({ wrap: true })
  const { dagSize, blocks } = await sink.commit(root)
  const pinId = randomUUIDv7()
  const committer = new IngestCommitter({ unitOfWork: t.db.unitOfWork, logger: silentLogger })
  const facts = { contentId, canonicalCid: canonicalCid(root), dagSize, blocks, pin: { id: pinId } }
  await committer.commit(ingestItem(owner, await seedNode(t.db), root.toString(), facts))
  t.store.settle(contentId)
  return { cid: root.toString(), contentId, pinId, organizationId: owner.organizationId }
}

const ways = (cid: string): [string, RequestInit][] => [
  [`/ipfs/${cid}`, {}],
  [`/ipfs/${cid}`, { method: 'HEAD' }],
  [`/ipfs/${cid}`, { headers: { range: 'bytes=0-9' } }],
  [`/ipfs/${cid}`, { headers: { range: 'bytes=1048570-1048590' } }],
  [`/ipfs/${cid}`, { headers: { 'if-none-match': `"${cid}"` } }],
  [`/ipfs/${cid}?format=raw`, {}],
  [`/ipfs/${cid}?format=car`, {}],
  [`/ipfs/${cid}?format=tar`, {}],
]

it('what the own store has let go is answered in every way as before, from the nodes and then from the cache', async () => {
  const file = await t.upload(randomBytes(3_000_000))
  const before = await Promise.all(ways(file.cid).map(([path, init]) => get(path, init)))
  expect(before.map(({ status }) => status)).toEqual([200, 200, 206, 206, 304, 200, 200, 200])
  const cids = await letGo(file)
  asked = []
  for (const url of urls())
    for (const [index, [path, init]] of ways(file.cid).entries()) {
      const now = await get(path, init, url)
      expect([path, now.status, now.sha]).toEqual([path, before[index]?.status, before[index]?.sha])
      for (const name of ['content-type', 'content-length', 'etag', 'content-range', 'x-ipfs-roots'])
        expect([name, now.headers.get(name)]).toEqual([name, before[index]?.headers.get(name) ?? null])
    }
  // Each block was asked for once: the rest came out of the cache.
  expect(asked.toSorted()).toEqual(cids.toSorted())
  await cache.flush()
  expect((await get(`/ipfs/${file.cid}`)).sha).toBe(before[0]?.sha)
  expect(asked).toHaveLength(cids.length)
})

it('paths, listings and pages of a folder that was let go are as before', async () => {
  const owner = await t.newOwner()
  const site = await uploadFolder(owner, [
    ['docs/a.txt', Buffer.from('text')],
    ['docs/b.bin', randomBytes(2_500_000)],
    ['index.html', Buffer.from('<p>come in</p>')],
  ])
  const paths = ['', '/', '/docs', '/docs/', '/docs/a.txt', '/docs/b.bin', '/docs/none', '/docs/a.txt/below'].map(
    (rest) => `/ipfs/${site.cid}${rest}`,
  )
  const before = await Promise.all(paths.map((path) => get(path)))
  await letGo(site)
  for (const url of urls())
    expect(
      (await Promise.all(paths.map((path) => get(path, {}, url)))).map(({ status, sha }) => [status, sha]),
    ).toEqual(before.map(({ status, sha }) => [status, sha]))
})

it('a link opens a file that was let go, in ranges too, and nothing once its last pin has gone', async () => {
  const body = randomBytes(2_400_000)
  const file = await t.upload(body)
  const { token } = await makeLink(t.db, file.pinId)
  await letGo(file)
  const path = `/files/${file.cid}?link=${token}`
  for (const url of urls()) {
    const whole = await get(path, {}, url)
    expect([whole.status, whole.sha]).toEqual([200, shaOf(body)])
    const part = await get(path, { headers: { range: 'bytes=1048570-1048589' } }, url)
    expect([part.status, part.sha]).toEqual([206, shaOf(body.subarray(1_048_570, 1_048_590))])
  }
  await t.remove(file)
  for (const url of urls()) expect((await get(path, {}, url)).status).toBe(404)
})

it('a block below is served by a CID of its own once it was found below a root that may be read', async () => {
  const file = await t.upload(randomBytes(2_200_000))
  const [root = '', leaf = ''] = await letGo(file)
  expect((await get(`/ipfs/${leaf}?format=raw`)).status).toBe(404)
  expect((await get(`/ipfs/${root}?format=raw`)).status).toBe(200)
  const answer = await get(`/ipfs/${leaf}?format=raw`)
  expect([answer.status, answer.sha]).toEqual([200, shaOf(onNode.get(blockKey(parseCid(leaf))) ?? new Uint8Array())])
  await t.remove(file)
  expect((await get(`/ipfs/${leaf}?format=raw`)).status).toBe(404)
})

it('what is on the node and was never pinned here is not asked for', async () => {
  const foreign = await t.upload(randomBytes(500))
  await letGo(foreign)
  await t.db.kysely.deleteFrom('replicas').where('content_id', '=', foreign.contentId).execute()
  asked = []
  for (const [path, init] of ways(foreign.cid)) expect((await get(path, init)).status).toBe(404)
  const unknown = await get('/ipfs/bafkreifzjut3te7nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e')
  expect((await get(`/ipfs/${foreign.cid}`)).sha).toBe(unknown.sha)
  expect(asked).toEqual([])
})

/** What may not be read any more, however much of it is cached. */
const setState = ({ organizationId }: Owner, state: 'active' | 'suspended') =>
  t.db.unitOfWork.run(async (uow) => {
    await uow.tx.updateTable('organizations').set({ state }).where('id', '=', organizationId).execute()
    uow.policy({ kind: 'organization.changed', organizationId })
  })
const deny = async (rules: string): Promise<void> => {
  await writeFile(join(folder, 'next'), rules)
  await rename(join(folder, 'next'), join(folder, 'own.deny'))
}

type Case = {
  refuse(file: UploadedFile, owner: Owner): Promise<unknown>
  allow?(file: UploadedFile, owner: Owner): Promise<unknown>
  status: number
}

it.each<[string, Case]>([
  ['whose last pin has gone', { refuse: (file) => t.remove(file), status: 404 }],
  [
    'of a tenant that is suspended',
    { refuse: (_, owner) => setState(owner, 'suspended'), allow: (_, owner) => setState(owner, 'active'), status: 404 },
  ],
  [
    'that is denied',
    { refuse: (file) => deny(`/ipfs/${file.cid} gateway_status:451\n`), allow: () => deny(''), status: 451 },
  ],
  [
    'that its node has lost',
    {
      refuse: (file) => setReplica(file, 'lost'),
      allow: (file) => setReplica(file, 'pinned'),
      status: 404,
    },
  ],
  [
    'that is private',
    { refuse: (file) => setRealm(file, 'private'), allow: (file) => setRealm(file, 'public'), status: 404 },
  ],
])('content %s is not served, also when it is cached', async (_, { refuse, allow, status }) => {
  const owner = await t.newOwner()
  const file = await t.upload(randomBytes(2_100_000), { owner })
  const [, leaf = ''] = await letGo(file)
  for (const url of urls()) expect((await get(`/ipfs/${file.cid}`, {}, url)).status).toBe(200)
  expect((await get(`/ipfs/${leaf}?format=raw`)).status).toBe(200)
  await cache.flush()
  expect(await cache.get(parseCid(file.cid))).toBeDefined()
  await refuse(file, owner)
  for (const url of urls()) {
    await vi.waitFor(async () => expect((await get(`/ipfs/${file.cid}`, {}, url)).status).toBe(status), 10_000)
    for (const [path, init] of ways(file.cid)) expect((await get(path, init, url)).status).toBe(status)
  }
  // What is denied by its CID leaves the blocks below it as they are; the rest is about the root.
  if (status === 404) expect((await get(`/ipfs/${leaf}?format=raw`)).status).toBe(404)
  if (allow === undefined) return
  await allow(file, owner)
  for (const url of urls())
    await vi.waitFor(async () => expect((await get(`/ipfs/${file.cid}`, {}, url)).status).toBe(200), 10_000)
})
const setReplica = ({ contentId }: UploadedFile, status: 'pinned' | 'lost') =>
  t.db.kysely.updateTable('replicas').set({ status }).where('content_id', '=', contentId).execute()
const setRealm = ({ contentId }: UploadedFile, realm: 'public' | 'private') =>
  t.db.kysely.updateTable('contents').set({ realm }).where('id', '=', contentId).execute()

it('a denied block below a root that may be read is refused where it is needed', async () => {
  const file = await t.upload(randomBytes(2_300_000))
  const [root = '', leaf = ''] = await letGo(file)
  await deny(`/ipfs/${leaf}\n`)
  await vi.waitFor(async () => expect((await get(`/ipfs/${root}`)).status).toBe(410), 10_000)
  await deny('')
  await vi.waitFor(async () => expect((await get(`/ipfs/${root}`)).status).toBe(200), 10_000)
})

it('while no node gives the block the answer is 503 to come back, and never other bytes', async () => {
  const file = await t.upload(randomBytes(1_000))
  await letGo(file)
  broken = true
  for (const url of urls()) {
    const { status, headers } = await get(`/ipfs/${file.cid}`, {}, url)
    expect([status, headers.get('retry-after')]).toEqual([503, '5'])
  }
  broken = false
  for (const url of urls()) expect((await get(`/ipfs/${file.cid}`, {}, url)).status).toBe(200)
})

it('what is here in part alone is read from the nodes whole', async () => {
  const file = await t.upload(randomBytes(3_000_000))
  const root = parseCid(file.cid)
  const before = await get(`/ipfs/${file.cid}`)
  const [, leaf = ''] = await letGo(file)
  // As when a root is looked up the moment before it goes: what is below it is not here.
  const bytes = onNode.get(blockKey(root)) ?? new Uint8Array()
  await cacheCar(inPieces(carV1([root], [{ cid: root, bytes }])), {
    store: t.store,
    contentId: randomUUIDv7(),
    maxBytes: 1_000_000,
  })
  await vi.waitFor(() => expect(t.store.reader('cache').locate(root)).toBeDefined())
  for (const url of urls()) {
    expect((await get(`/ipfs/${file.cid}`, {}, url)).sha).toBe(before.sha)
  }
  expect(asked).toContain(leaf)
})

it.each(['', '?format=car', '?format=tar'])(
  'what goes while it is sent is read on from the nodes (%s)',
  async (format) => {
    const file = await t.upload(randomBytes(16_000_000))
    const path = `/ipfs/${file.cid}${format}`
    const before = await get(path)
    const response = await fetch(`${t.url}${path}`)
    const reader = response.body?.getReader()
    const parts = [(await reader?.read())?.value ?? new Uint8Array()]
    asked = []
    await letGo(file)
    for (let more = await reader?.read(); more?.done === false; more = await reader?.read()) parts.push(more.value)
    expect(shaOf(Buffer.concat(parts))).toBe(before.sha)
    expect(asked.length).toBeGreaterThan(0)
  },
)
