import { randomBytes, randomUUIDv7 } from 'node:crypto'
import { type IncomingMessage, request } from 'node:http'
import { cacheCar } from '@packages/content/car/cache-car'
import { carV1, cborBlock, inPieces, rawBlock } from '@packages/content/car/test-cars'
import { waitForGateways } from '@packages/db/policy-log'
import { silentLogger } from '@packages/runtime/minimal-logger'
import { unlimited } from '@packages/runtime/rate-limiter'
import { parseCid } from '@packages/shared/cid'
import { takedownKey } from '@packages/shared/takedown'
import { base16 } from 'multiformats/bases/base16'
import { CID } from 'multiformats/cid'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Gateway, startGateway } from './start-gateway.ts'
import { startTestGateway, type TestGateway } from './test-support/start-test-gateway.ts'

const [bad, good] = [rawBlock('to be taken down'), rawBlock('nothing wrong with it')]
const root = cborBlock({ bad: bad.cid, good: good.cid })
const OTHERS = 2

let t: TestGateway
/** Gateways of other processes: two workers each. */
const others: Gateway[] = []
const startOther = (): Promise<Gateway> =>
  startGateway({
    db: t.db,
    storeDirectory: t.directory,
    host: '127.0.0.1',
    port: 0,
    workers: 2,
    files: {
      passwordTries: { client: unlimited, link: unlimited },
      authenticateReader: undefined,
      privateFiles: undefined,
    },
    logger: silentLogger,
    logLevel: 'silent',
  })
beforeAll(async () => {
  t = await startTestGateway()
  others.push(...(await Promise.all(Array.from({ length: OTHERS }, startOther))))
  const car = carV1([root.cid], [root, bad, good])
  await cacheCar(inPieces(car), { store: t.store, contentId: randomUUIDv7(), maxBytes: 10_000 })
})
afterAll(async () => {
  await Promise.all(others.map((one) => one.stop(200)))
  await t?.stop()
})

/** As the API does; true once every worker of every gateway has it in force. */
const change = async (cid: CID, status: 410 | 451 | null): Promise<boolean> => {
  const { policyPosition } = await t.db.unitOfWork.run(async (uow) =>
    uow.policy({
      kind: 'takedown.changed',
      key: takedownKey(cid),
      takedown: status === null ? null : { status, caseNumber: '1' },
    }),
  )
  if (policyPosition === undefined) throw new Error('no entry was written')
  return waitForGateways(t.db.kysely, policyPosition, 10_000)
}

/** Several connections to each gateway, so that both of its workers have turns. */
const urls = (): string[] => [t.url, ...others.flatMap(({ port }) => Array<string>(5).fill(`http://127.0.0.1:${port}`))]
const everywhere = async (path: string, headers: Record<string, string> = {}): Promise<number[]> => {
  const statuses = await Promise.all(
    urls().map(async (url) => {
      const response = await fetch(`${url}${path}`, { headers: { ...headers, Connection: 'close' } })
      await response.arrayBuffer().catch(() => undefined)
      return response.status
    }),
  )
  return [...new Set(statuses)]
}

const ways = (cid: CID): [path: string, headers?: Record<string, string>][] => [
  [`/ipfs/${cid}`],
  [`/ipfs/${cid}?filename=x.txt&download=true`],
  [`/ipfs/${cid.toString(base16)}`],
  [`/ipfs/${CID.createV1(0x71, cid.multihash)}?format=raw`],
  [`/ipfs/${cid}?format=raw`],
  [`/ipfs/${cid}?format=car`],
  [`/ipfs/${cid}`, { Accept: 'application/vnd.ipld.raw' }],
  [`/ipfs/${cid}`, { Range: 'bytes=0-1' }],
  [`/ipfs/${root.cid}/bad`],
]
const askAll = async (cid: CID): Promise<number[]> =>
  (await Promise.all(ways(cid).map(([path, headers]) => everywhere(path, headers)))).flat()

it('what is taken down is refused in every encoding and on every path when the operator is told so, caches included, and comes back', async () => {
  const unconditional = new Set(await askAll(bad.cid))
  expect([...unconditional].sort()).toEqual([200, 206])
  const { headers } = await fetch(`${t.url}/ipfs/${bad.cid}`)
  const validated = { 'If-None-Match': headers.get('etag') ?? '' }
  expect(await everywhere(`/ipfs/${bad.cid}`, validated)).toEqual([304])

  for (const status of [451, 410] as const) {
    expect(await change(CID.createV1(0x70, bad.cid.multihash), status)).toBe(true)
    expect(new Set(await askAll(bad.cid))).toEqual(new Set([status]))
    expect(await everywhere(`/ipfs/${bad.cid}`, validated)).toEqual([status])
    expect(await everywhere(`/ipfs/${root.cid}/good`)).toEqual([200])
  }
  expect(await change(bad.cid, null)).toBe(true)
  expect(new Set(await askAll(bad.cid))).toEqual(unconditional)
  expect(await everywhere(`/ipfs/${bad.cid}`, validated)).toEqual([304])
}, 30_000)

it('a root that is taken down takes every path below it along, whatever is remembered of them', async () => {
  expect(await everywhere(`/ipfs/${root.cid}/good`)).toEqual([200])
  expect(await change(root.cid, 451)).toBe(true)
  for (const path of ['', '/good', '/none/such', '?format=car', '/good?format=raw'])
    expect(await everywhere(`/ipfs/${root.cid}${path}`)).toEqual([451])
  expect(await everywhere(`/ipfs/${good.cid}`)).toEqual([200])
  await change(root.cid, null)
})

it('a response that is under way ends', async () => {
  const { cid } = await t.upload(randomBytes(32 * 1024 * 1024))
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request(`${t.url}/ipfs/${cid}`, { agent: false }, resolve).on('error', reject).end()
  })
  expect(await change(parseCid(cid), 451)).toBe(true)
  // It was in the middle of it, for nobody has read it yet.
  await expect(response.toArray()).rejects.toThrow('aborted')
})

it('a gateway that starts later refuses it from its first request on', async () => {
  const at = { id: randomUUIDv7(), status: 410 as const, case_number: '2', reason: 'a test' }
  await t.db.kysely
    .insertInto('takedowns')
    .values({ ...at, cid: good.cid.toString(), multihash: takedownKey(good.cid) })
    .execute()
  const late = await startOther()
  others.push(late)
  for (let turn = 0; turn < 8; turn++) {
    const response = await fetch(`http://127.0.0.1:${late.port}/ipfs/${good.cid}`, { headers: { Connection: 'close' } })
    expect(response.status).toBe(410)
  }
})
