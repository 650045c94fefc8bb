import { randomUUIDv7 } from 'node:crypto'
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cacheCar } from '@packages/content/car/cache-car'
import { carV1, cborBlock, inPieces, rawBlock } from '@packages/content/car/test-cars'
import { silentLogger } from '@packages/runtime/minimal-logger'
import { CID } from 'multiformats/cid'
import { base16 } from 'multiformats/bases/base16'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { startGateway, type Gateway } from './start-gateway.ts'
import { createMemoryRateLimiter } from '@packages/runtime/memory-rate-limiter'
import { startTestGateway, type TestGateway } from './test-support/start-test-gateway.ts'
import { storeFolder } from './test-support/store-folder.ts'

const [bad, good] = [rawBlock('taken down'), rawBlock('harmless')]
const root = cborBlock({ bad: bad.cid, good: good.cid })

let folder: string
let file: string
let t: TestGateway
let other: Gateway
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-deny-'))
  file = join(folder, 'own.deny')
  await writeFile(file, '')
  t = await startTestGateway({ denylists: [file] })
  other = await startGateway({
    db: t.db,
    storeDirectory: t.directory,
    host: '127.0.0.1',
    port: 0,
    workers: 2,
    files: {
      passwordTries: {
        client: createMemoryRateLimiter({ name: 'link-password', limit: 5, windowMs: 900_000 }),
        link: createMemoryRateLimiter({ name: 'link-password-all', limit: 50, windowMs: 900_000 }),
      },
      authenticateReader: undefined,
      privateFiles: undefined,
    },
    denylists: [file],
    logger: silentLogger,
    logLevel: 'silent',
  })
  const car = carV1([root.cid], [root, bad, good])
  await cacheCar(inPieces(car), { store: t.store, contentId: randomUUIDv7(), maxBytes: 10_000 })
})
afterAll(async () => {
  await other?.stop(200)
  await t?.stop()
  await rm(folder, { recursive: true, force: true })
})

/** As an operator's tool does: in one step. */
const deny = async (text: string): Promise<void> => {
  await writeFile(`${file}.new`, text)
  await rename(`${file}.new`, file)
}

const urls = (): string[] => [t.url, ...Array.from({ length: 6 }, () => `http://127.0.0.1:${other.port}`)]

/** Each on a connection of its own, so that every worker has a turn. */
const statuses = async (path: string): Promise<number[]> =>
  Promise.all(
    urls().map(async (url) => {
      const response = await fetch(`${url}${path}`, { headers: { Connection: 'close' } })
      await response.arrayBuffer().catch(() => undefined)
      return response.status
    }),
  )

/** One round of connections may all meet the same worker: the turns are not even. */
const ROUNDS = 4
const everywhere = (path: string, status: number): Promise<void> =>
  vi.waitFor(
    async () => {
      for (let round = 0; round < ROUNDS; round++)
        expect([path, ...(await statuses(path))]).toEqual([path, ...urls().map(() => status)])
    },
    { timeout: 15_000, interval: 100 },
  )

const spellings = (cid: CID): string[] => [
  `/ipfs/${cid}`,
  `/ipfs/${cid.toString(base16)}`,
  `/ipfs/${CID.createV1(0x71, cid.multihash)}?format=raw`,
  `/ipfs/${cid}?format=raw`,
  `/ipfs/${cid}?format=car`,
  `/ipfs/${root.cid}/bad`,
]

it('what a denylist names is refused in every spelling and on every path, in all workers of all processes, and comes back', async () => {
  for (const path of spellings(bad.cid)) await everywhere(path, 200)
  await deny(`/ipfs/${CID.createV1(0x70, bad.cid.multihash).toV0()} gateway_status:451\n`)
  for (const path of spellings(bad.cid)) await everywhere(path, 451)
  await everywhere(`/ipfs/${root.cid}/good`, 200)
  await deny('')
  for (const path of spellings(bad.cid)) await everywhere(path, 200)
}, 60_000)

it('a denied root takes all below it along, and paths of it alone can be denied', async () => {
  await deny(`/ipfs/${root.cid}/*\n`)
  for (const path of [`/ipfs/${root.cid}`, `/ipfs/${root.cid}/good`, `/ipfs/${root.cid}/none/such`])
    await everywhere(path, 410)
  await everywhere(`/ipfs/${good.cid}`, 200)
  await deny(`/ipfs/${root.cid}/go*\n`)
  await everywhere(`/ipfs/${root.cid}/good`, 410)
  await everywhere(`/ipfs/${root.cid}/bad`, 200)
}, 60_000)

it('what a rule denies below a folder is not in its TAR nor its CAR, nor shown as its page', async () => {
  const pages = { 'index.html': 'home', 'docs/index.html': 'denied', 'docs/a.txt': 'a' }
  const { root: stored } = await storeFolder(t.store, pages)
  const at = `/ipfs/${stored}`
  const whole = [
    `${at}?format=tar`,
    `${at}?format=car`,
    `${at}/docs?format=car`,
    `${at}/docs/?format=tar`,
    `${at}/docs/`,
  ]
  const rest = [`${at}/`, `${at}/docs/a.txt`, `${at}/docs/a.txt?format=tar`, `${at}?format=car&dag-scope=entity`]
  for (const path of [...whole, ...rest]) await everywhere(path, 200)
  await deny(`/ipfs/${stored}/docs/index.html\n`)
  for (const path of whole) await everywhere(path, 410)
  for (const path of rest) await everywhere(path, 200)
  await deny(`/ipfs/${stored}/docs/index.html\n!/ipfs/${stored}/docs/*\n`)
  for (const path of whole) await everywhere(path, 200)
}, 60_000)

it('what a rule denies on the way to a file stays denied where the file itself is served', async () => {
  const { root: stored } = await storeFolder(t.store, { 'docs/a.txt': 'on its own', 'more/a.txt': 'on its own' })
  const own = `/ipfs/${rawBlock('on its own').cid}`
  const [denied, beside] = [`/ipfs/${stored}/docs/a.txt`, `/ipfs/${stored}/more/a.txt`]
  for (const path of [own, denied, beside]) await everywhere(path, 200)
  await deny(`/ipfs/${stored}/docs/*\n`)
  await everywhere(`/ipfs/${stored}/docs`, 410)
  // Asked for again, it is in memory again.
  for (const path of [own, beside, own]) await everywhere(path, 200)
  await everywhere(denied, 410)
}, 60_000)

it('a list that cannot be used any more leaves the rules before in force', async () => {
  await deny(`/ipfs/${bad.cid}\n`)
  await everywhere(`/ipfs/${bad.cid}`, 410)
  await deny('version: 2\n---\n')
  // What comes after it is read: the rules of version 2 were passed by.
  await deny(`version: 2\n---\n/ipfs/${good.cid}\n`)
  expect(await statuses(`/ipfs/${bad.cid}`)).toEqual(urls().map(() => 410))
  await deny(`/ipfs/${good.cid}\n`)
  await everywhere(`/ipfs/${good.cid}`, 410)
}, 60_000)
