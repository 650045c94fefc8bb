import { hash, randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { NETWORK_CACHE_REALM, BlockCache } from '@packages/content/cache/block-cache'
import { BlockStore } from '@packages/content/block-store/block-store'
import { FolderImport } from '@packages/content/unixfs/import-folder'
import { importFile } from '@packages/content/unixfs/import-file'
import { importProfiles } from '@packages/content/unixfs/import-profile'
import { type MinimalLogger, silentLogger } from '@packages/runtime/minimal-logger'
import { type RateLimiter, unlimited } from '@packages/runtime/rate-limiter'
import { createMemoryRateLimiter } from '@packages/runtime/memory-rate-limiter'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { FetchQuota } from './primary/fetch-quota.ts'
import type { FetchLimits } from './primary/network-reader.ts'
import { type Gateway, startGateway } from './start-gateway.ts'
import { askHost } from './test-support/ask-host.ts'
import { NetworkPeer } from './test-support/network-peer.ts'
import { startTestGateway, type TestGateway } from './test-support/start-test-gateway.ts'

const LIMITS: FetchLimits = {
  timeoutMs: 5_000,
  maxMs: 30_000,
  maxBytes: 2 ** 30,
  maxBlocks: 10_000,
  atOnce: 20,
  atOncePerClient: 10,
}

let t: TestGateway
/** Whose blocks are nowhere but with the peer. */
let theirs: BlockStore
let peer: NetworkPeer
let cache: BlockCache
let denied: string
let open: Gateway[] = []
let made = 0

beforeAll(async () => {
  t = await startTestGateway()
  theirs = await BlockStore.open({ directory: join(t.directory, 'theirs'), noIndexSync: true })
})
afterAll(async () => {
  await theirs?.close()
  await t?.stop()
})
beforeEach(() => {
  peer = new NetworkPeer()
  cache = cacheOf(2 ** 26)
})
afterEach(async () => {
  for (const gateway of open) await gateway.stop(100)
  open = []
  await cache.stop()
  await cache.evict(0)
  await t.store.idle()
})

const cacheOf = (maxBytes: number, hasRoom = async () => true): BlockCache =>
  new BlockCache({
    realm: NETWORK_CACHE_REALM,
    store: t.store,
    maxBytes,
    hasRoom,
    logger: silentLogger,
  })

type Over = Partial<FetchLimits> & {
  client?: RateLimiter
  bytes?: RateLimiter
  workers?: number
  logger?: MinimalLogger
}

const start = async ({
  client = unlimited,
  bytes = unlimited,
  workers,
  logger = silentLogger,
  ...limits
}: Over = {}): Promise<string> => {
  denied = join(t.directory, `${++made}.deny`)
  await writeFile(denied, '')
  const gateway = await startGateway({
    db: t.db,
    storeDirectory: t.directory,
    host: '127.0.0.1',
    port: 0,
    ...(workers === undefined
      ? { workers: 'in-process', reader: t.store.reader('public'), fetchedReader: t.store.reader(NETWORK_CACHE_REALM) }
      : { workers, readerCheck: () => t.store.checkReaders() }),
    files: {
      passwordTries: { client: unlimited, link: unlimited },
      authenticateReader: undefined,
      privateFiles: undefined,
    },
    fetching: {
      network: peer,
      limits: { ...LIMITS, ...limits },
      quota: new FetchQuota({
        client: { fetches: client, bytes },
        wider: { fetches: unlimited, bytes: unlimited },
        gate: { fetches: unlimited, bytes: unlimited },
      }),
      cache,
    },
    trustedProxies: ['127.0.0.1'],
    denylists: [denied],
    sites: { subdomainHosts: ['gw.example'], dnslinkHosts: [] },
    logger,
    logLevel: 'silent',
  })
  open.push(gateway)
  return `http://127.0.0.1:${gateway.port}`
}

async function* inChunks(body: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < body.length; at += 65_536) yield body.subarray(at, at + 65_536)
}

/** A file that the peer has alone; not the blocks that `without` names. */
const theirFile = async (body: Uint8Array, without?: (cid: string) => boolean): Promise<string> => {
  const sink = theirs.beginUpload({ realm: 'public', contentId: `file-${++made}` })
  const { root } = await importFile(inChunks(body), { sink, profile: importProfiles['unixfs-v1-2025'] })
  await sink.commit(root)
  await peer.take(theirs.reader('public'), root.toString(), (cid) => without?.(cid.toString()) ?? false)
  return root.toString()
}

const theirFolder = async (files: [string, Uint8Array][]): Promise<string> => {
  const sink = theirs.beginUpload({ realm: 'public', contentId: `folder-${++made}` })
  const folder = new FolderImport({ sink, profile: importProfiles['unixfs-v1-2025'] })
  for (const [path, bytes] of files) await folder.addFile(path.split('/'), inChunks(bytes))
  const { root } = await folder.finish({ wrap: true })
  await sink.commit(root)
  await peer.take(theirs.reader('public'), root.toString())
  return root.toString()
}

const nowhere = (): string =>
  `bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyk${'abcdefghijklmnop'[made++ % 16]}`
    .slice(0, 58)
    .concat('u')

const as = (address: string): RequestInit => ({ headers: { 'x-forwarded-for': address } })
const quota = (limit: number): RateLimiter => createMemoryRateLimiter({ name: `q${++made}`, limit, windowMs: 60_000 })

const sha = (bytes: Uint8Array): string => hash('sha256', bytes)
const get = async (url: string, init: RequestInit = {}) => {
  const response = await fetch(url, { redirect: 'manual', ...init })
  return { status: response.status, headers: response.headers, bytes: await response.bytes() }
}

it.each([
  ['in this process', undefined],
  ['in a process of their own', 1],
])(
  'files, ranges, directories and CARs that somebody else has are fetched and kept; workers %s',
  async (_, workers) => {
    const url = await start(workers === undefined ? {} : { workers })
    const body = randomBytes(3_000_000)
    const file = await theirFile(body)
    const folder = await theirFolder([
      ['a/b.txt', Buffer.from('deep')],
      ['index.html', Buffer.from('<p>page')],
    ])
    const range = await get(`${url}/ipfs/${file}`, { headers: { range: 'bytes=1500000-1500009' } })
    expect([range.status, Buffer.from(range.bytes)]).toEqual([206, body.subarray(1_500_000, 1_500_010)])
    const whole = await get(`${url}/ipfs/${file}`)
    expect([whole.status, sha(whole.bytes)]).toEqual([200, sha(body)])
    expect(Buffer.from((await get(`${url}/ipfs/${folder}/a/b.txt`)).bytes).toString()).toBe('deep')
    expect(Buffer.from((await get(`${url}/ipfs/${folder}/`)).bytes).toString()).toBe('<p>page')
    expect((await get(`${url}/ipfs/${folder}/a/c.txt`)).status).toBe(404)
    const car = await get(`${url}/ipfs/${file}?format=car`)
    expect([car.status, car.bytes.length > body.length]).toEqual([200, true])
    await cache.flush()
    const before = peer.asked.length
    const again = await get(`${url}/ipfs/${file}`)
    expect([again.status, sha(again.bytes), peer.asked.length]).toEqual([200, sha(body), before])
    expect(new Set(peer.asked).size).toBe(before)
    await expect.poll(() => [peer.sessions, peer.wanted]).toEqual([0, 0])
  },
)

it('HEAD and conditional requests fetch no more than tells what it is', async () => {
  const url = await start()
  const file = await theirFile(randomBytes(5_000_000))
  const head = await get(`${url}/ipfs/${file}`, { method: 'HEAD' })
  expect([head.status, head.headers.get('content-length')]).toEqual([200, '5000000'])
  const etag = head.headers.get('etag') ?? ''
  expect((await get(`${url}/ipfs/${file}`, { headers: { 'if-none-match': etag } })).status).toBe(304)
  expect(peer.asked.length).toBe(2)
})

it('what nobody gives is 504 in time, whether it is private here, withheld or unknown; only-if-cached asks nobody', async () => {
  const url = await start({ timeoutMs: 300 })
  const secret = randomBytes(1_000)
  const sink = t.store.beginUpload({ realm: 'private', contentId: `private-${++made}` })
  const list = sink.beginList()
  const { root } = await importFile(inChunks(secret), {
    sink: theirs.beginUpload({ realm: 'public', contentId: `secret-${made}` }),
    profile: importProfiles['unixfs-v1-2025'],
  })
  await sink.put(root, secret)
  await list.add(root)
  await sink.commit(await list.finish())
  const suspended = await t.newOwner()
  const withheld = await t.upload(randomBytes(1_000), { owner: suspended })
  await t.db.unitOfWork.run(async (uow) => {
    await uow.tx
      .updateTable('organizations')
      .set({ state: 'suspended' })
      .where('id', '=', suspended.organizationId)
      .execute()
    uow.policy({ kind: 'organization.changed', organizationId: suspended.organizationId })
  })
  await expect.poll(async () => (await get(`${url}/ipfs/${withheld.cid}`)).status).toBe(504)
  const answers = []
  for (const cid of [root.toString(), withheld.cid, nowhere()]) {
    peer.asked.length = 0
    const began = performance.now()
    const { status, headers, bytes } = await get(`${url}/ipfs/${cid}`)
    const waited = performance.now() - began
    expect([waited > 290, peer.asked]).toEqual([true, [cid]])
    answers.push([status, Buffer.from(bytes).toString(), [...headers.keys()].sort()])
  }
  expect(answers[0]?.[0]).toBe(504)
  expect(answers[1]).toEqual(answers[0])
  expect(answers[2]).toEqual(answers[0])
  peer.asked.length = 0
  const cached = await get(`${url}/ipfs/${nowhere()}`, { headers: { 'cache-control': 'only-if-cached' } })
  expect([cached.status, peer.asked]).toEqual([412, []])
})

it('only-if-cached asks nobody for the rules of a site either', async () => {
  const url = await start({ timeoutMs: 300 })
  const folder = await theirFolder([
    ['a.txt', Buffer.from('here')],
    ['_redirects', Buffer.from('/* /a.txt 200')],
  ])
  expect((await get(`${url}/ipfs/${folder}/a.txt`)).status).toBe(200)
  await cache.flush()
  peer.asked.length = 0
  const ask = askHost(Number(new URL(url).port))
  const host = `${folder}.ipfs.gw.example`
  expect((await ask(host, '/none', { 'Cache-Control': 'only-if-cached' })).status).toBe(412)
  expect(peer.asked).toEqual([])
  expect((await ask(host, '/none')).body).toBe('here')
})

it('while the disk is short it serves what it fetches and keeps none of it, and what is here as ever', async () => {
  let isShort = true
  cache = cacheOf(2 ** 26, async () => !isShort)
  const url = await start()
  const [body, pinned] = [randomBytes(3_000_000), await t.upload(randomBytes(100))]
  const file = await theirFile(body)
  const kept = { headers: { 'cache-control': 'only-if-cached' } }
  for (const _ of ['first', 'again']) {
    const whole = await get(`${url}/ipfs/${file}`)
    expect([whole.status, sha(whole.bytes)]).toEqual([200, sha(body)])
    await cache.flush()
    expect([(await get(`${url}/ipfs/${file}`, kept)).status, cache.bytes]).toEqual([412, 0])
  }
  expect((await get(`${url}/ipfs/${pinned.cid}`)).status).toBe(200)
  isShort = false
  expect((await get(`${url}/ipfs/${file}`)).status).toBe(200)
  await cache.flush()
  expect((await get(`${url}/ipfs/${file}`, kept)).status).toBe(200)
})

it('what strangers had fetched is not named by /routing/v1/providers, and what is pinned here is', async () => {
  const url = await start()
  const fetched = await theirFile(randomBytes(100))
  const pinned = await t.upload(randomBytes(100))
  for (const cid of [fetched, pinned.cid]) expect((await get(`${url}/ipfs/${cid}`)).status).toBe(200)
  await cache.flush()
  const providers = async (cid: string): Promise<number> =>
    JSON.parse(Buffer.from((await get(`${url}/routing/v1/providers/${cid}`)).bytes).toString()).Providers.length
  expect([await providers(fetched), await providers(pinned.cid), peer.asked.length]).toEqual([0, 1, 1])
})

it('what our own nodes hold and nobody may read is not asked of them', async () => {
  peer.asksOwnNodes = true
  const owner = await t.newOwner()
  const file = await t.upload(randomBytes(1_000), { owner })
  await peer.take(t.store.reader('public'), file.cid)
  const url = await start({ timeoutMs: 300 })
  await t.db.unitOfWork.run(async (uow) => {
    await uow.tx
      .updateTable('organizations')
      .set({ state: 'suspended' })
      .where('id', '=', owner.organizationId)
      .execute()
    uow.policy({ kind: 'organization.changed', organizationId: owner.organizationId })
  })
  await expect.poll(async () => (await get(`${url}/ipfs/${file.cid}`)).status).toBe(504)
  expect(peer.asked).toEqual([])
})

it('what is denied is asked of nobody, also below its root', async () => {
  const url = await start({ timeoutMs: 500 })
  const folder = await theirFolder([['secret.txt', Buffer.from('denied words')]])
  const file = await theirFile(Buffer.from('denied words'))
  await writeFile(denied, `/ipfs/${file}\n`)
  await expect.poll(async () => (await get(`${url}/ipfs/${file}`)).status).toBe(410)
  peer.asked.length = 0
  expect((await get(`${url}/ipfs/${file}`)).status).toBe(410)
  expect((await get(`${url}/ipfs/${folder}/secret.txt`)).status).toBe(410)
  expect(peer.asked).not.toContain(file)
})

it('says at its root what it does', async () => {
  const home = await get(await start())
  expect(Buffer.from(home.bytes).toString()).toContain('fetches from the IPFS network what is not')
})

it('nobody fetches for /files', async () => {
  const url = await start({ timeoutMs: 300 })
  const file = await theirFile(randomBytes(100))
  expect((await get(`${url}/files/${file}`)).status).toBe(404)
  expect(peer.asked).toEqual([])
})

it('bounds of one request: bytes, blocks and time', async () => {
  const file = await theirFile(randomBytes(5_000_000))
  const few = await start({ maxBlocks: 1 })
  expect((await get(`${few}/ipfs/${file}`)).status).toBe(501)
  const small = await start({ maxBytes: 2_500_000 })
  await expect(get(`${small}/ipfs/${file}`)).rejects.toThrow()
  const short = await start({ maxMs: 700 })
  peer.delay = () => new Promise((resolve) => setTimeout(resolve, 300))
  const other = await theirFile(randomBytes(5_000_000))
  await expect(get(`${short}/ipfs/${other}`)).rejects.toThrow()
  await expect.poll(() => [peer.sessions, peer.wanted]).toEqual([0, 0])
})

it('one client has so many fetches at the same time, and others are served; all together have no more than the gateway has', async () => {
  const url = await start({ atOnce: 5, atOncePerClient: 3, timeoutMs: 4_000 })
  const hanging = new AbortController()
  const waiting = Array.from({ length: 3 }, () =>
    get(`${url}/ipfs/${nowhere()}`, { ...as('2001:db8::1'), signal: hanging.signal }).catch(() => undefined),
  )
  await expect.poll(() => open[0]?.fetched()?.running).toBe(3)
  const refused = await get(`${url}/ipfs/${nowhere()}`, as('2001:db8::2'))
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1'])
  const file = await theirFile(randomBytes(10))
  expect((await get(`${url}/ipfs/${file}`, as('192.0.2.1'))).status).toBe(200)
  const more = ['192.0.2.2', '192.0.2.3'].map((address) =>
    get(`${url}/ipfs/${nowhere()}`, { ...as(address), signal: hanging.signal }).catch(() => undefined),
  )
  await expect.poll(() => open[0]?.fetched()?.running).toBe(5)
  const busy = await get(`${url}/ipfs/${nowhere()}`, as('192.0.2.4'))
  expect([busy.status, busy.headers.get('retry-after')]).toEqual([503, '5'])
  hanging.abort()
  await Promise.all([...waiting, ...more])
  await expect.poll(() => [open[0]?.fetched()?.running, peer.wanted, peer.sessions]).toEqual([0, 0, 0])
  expect((await get(`${url}/ipfs/${await theirFile(randomBytes(10))}`, as('2001:db8::1'))).status).toBe(200)
})

it('a quota of fetches and one of bytes: 429 with the time that it takes, for one client alone', async () => {
  const url = await start({ client: quota(2) })
  const files = await Promise.all(Array.from({ length: 3 }, () => theirFile(randomBytes(100))))
  for (const file of files.slice(0, 2)) expect((await get(`${url}/ipfs/${file}`, as('192.0.2.1'))).status).toBe(200)
  const refused = await get(`${url}/ipfs/${files[2]}`, as('192.0.2.1'))
  expect(refused.status).toBe(429)
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(30)
  await cache.flush()
  expect((await get(`${url}/ipfs/${files[0]}`, as('192.0.2.1'))).status).toBe(200)
  expect((await get(`${url}/ipfs/${files[2]}`, as('192.0.2.2'))).status).toBe(200)
  const thin = await start({ bytes: quota(1_500_000) })
  await expect(get(`${thin}/ipfs/${await theirFile(randomBytes(6_000_000))}`)).rejects.toThrow()
  expect((await get(`${thin}/ipfs/${await theirFile(randomBytes(10))}`)).status).toBe(429)
})

it('many who ask for the same at the same time cost one fetch; who goes away takes it from nobody, and the last one ends it', async () => {
  const url = await start()
  const gate = Promise.withResolvers<void>()
  peer.delay = () => gate.promise
  const body = randomBytes(2_000)
  const file = await theirFile(body)
  const going = new AbortController()
  const gone = get(`${url}/ipfs/${file}`, { signal: going.signal }).catch(() => 'gone')
  const staying = Array.from({ length: 5 }, () => get(`${url}/ipfs/${file}`))
  await expect.poll(() => open[0]?.fetched()?.running).toBe(6)
  going.abort()
  await gone
  await expect.poll(() => open[0]?.fetched()?.running).toBe(5)
  gate.resolve()
  for (const { status, bytes } of await Promise.all(staying)) expect([status, sha(bytes)]).toEqual([200, sha(body)])
  expect([peer.asked, peer.begun]).toEqual([[file], 1])
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  socket.write(`GET /ipfs/${nowhere()} HTTP/1.1\r\nHost: a\r\n\r\n`)
  await expect.poll(() => peer.wanted).toBe(1)
  socket.destroy()
  await expect.poll(() => [peer.wanted, peer.sessions]).toEqual([0, 0])
})

it('a response that stops in the middle is cut, and what it has is not taken for the whole', async () => {
  const url = await start({ timeoutMs: 400 })
  const body = randomBytes(5_000_000)
  const blocks: string[] = []
  const whole = await theirFile(body, (cid) => {
    blocks.push(cid)
    return blocks.length === 6
  })
  await expect(get(`${url}/ipfs/${whole}`)).rejects.toThrow()
})

it('while the network cannot be reached it says so, in one line of the log, and serves what is here', async () => {
  peer.isReachable = false
  let lines = 0
  const url = await start({ logger: { ...silentLogger, warn: () => lines++, error: () => lines++ } })
  const here = await t.upload(randomBytes(100))
  expect((await get(`${url}/ipfs/${here.cid}`)).status).toBe(200)
  for (let turn = 0; turn < 20; turn++) {
    const away = await get(`${url}/ipfs/${nowhere()}`)
    expect([away.status, away.headers.get('retry-after')]).toEqual([503, '5'])
  }
  expect(lines).toBe(1)
})

it('blocks that are here already are not fetched, and what the cache lets go is fetched again', async () => {
  cache = cacheOf(1_500_000)
  const url = await start()
  const body = randomBytes(3_000_000)
  const file = await theirFile(body)
  const first = await t.upload(body.subarray(0, 1_048_576))
  expect(sha((await get(`${url}/ipfs/${file}`)).bytes)).toBe(sha(body))
  expect(peer.asked).not.toContain(first.cid)
  await cache.flush()
  expect(cache.bytes).toBeLessThanOrEqual(1_500_000)
  await cache.evict(0)
  await t.store.idle()
  expect(sha((await get(`${url}/ipfs/${file}`)).bytes)).toBe(sha(body))
  expect((await get(`${url}/ipfs/${first.cid}`)).status).toBe(200)
})
