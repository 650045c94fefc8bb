import { textBlock } from '@packages/content/block-store/test-dags'
import { createMemoryRateLimiter } from '@packages/runtime/memory-rate-limiter'
import { type MinimalLogger, silentLogger } from '@packages/runtime/minimal-logger'
import { type RateLimiter, unlimited } from '@packages/runtime/rate-limiter'
import { beforeEach, expect, it } from 'vitest'
import { NetworkPeer } from '../test-support/network-peer.ts'
import type { NetworkAnswer } from '../worker/network-question.ts'
import { FetchQuota } from './fetch-quota.ts'
import { NetworkReader, type NetworkReaderDeps } from './network-reader.ts'

const WORKER = {}
const LIMITS = { timeoutMs: 200, maxMs: 30_000, maxBytes: 2 ** 30, maxBlocks: 100, atOnce: 100, atOncePerClient: 2 }
const [A, B, C] = ['a', 'b', 'c'].map(textBlock) as [Block, Block, Block]
type Block = ReturnType<typeof textBlock>

let peer: NetworkPeer
let visits = 0
beforeEach(() => {
  peer = new NetworkPeer()
})

const none = { fetches: unlimited, bytes: unlimited }
const readerOf = ({ wider = unlimited, ...over }: Partial<NetworkReaderDeps> & { wider?: RateLimiter } = {}) =>
  new NetworkReader({
    network: peer,
    limits: LIMITS,
    quota: new FetchQuota({ client: none, wider: { fetches: wider, bytes: unlimited }, gate: none }),
    cache: null,
    isWithheld: () => false,
    logger: silentLogger,
    ...over,
  })

type Asked = { visit?: number; client?: string; root?: Block; withheld?: boolean }
const ask = (
  reader: NetworkReader,
  block: Block,
  { visit = ++visits, client = '192.0.2.1', root = block, withheld = false }: Asked = {},
): Promise<NetworkAnswer> =>
  reader.answer(WORKER, visit, {
    client,
    gate: null,
    root: root.cid.toString(),
    cid: block.cid.toString(),
    waitMs: 10_000,
    withheld,
  })

it('asks for what is below another root by a session of that root, and ends both with the visit', async () => {
  for (const { cid, bytes } of [A, B, C]) peer.put(cid, bytes)
  const reader = readerOf()
  for (const root of [A, B, A]) expect(await ask(reader, C, { visit: 1, root })).toMatchObject({ state: 'block' })
  expect(peer.roots).toEqual([A, B].map(({ cid }) => cid.toString()))
  expect([peer.sessions, reader.running]).toEqual([2, 1])
  reader.leave(WORKER, 1)
  await expect.poll(() => [peer.sessions, reader.running]).toEqual([0, 0])
})

it.each([true, false])('what is withheld is as what nobody has; the network reachable: %s', async (isReachable) => {
  peer.asksOwnNodes = true
  peer.isReachable = isReachable
  const reader = readerOf()
  const answers = [await ask(reader, A, { withheld: true }), await ask(reader, A)]
  expect(answers).toEqual([answers[1], { state: isReachable ? 'late' : 'failed' }])
})

const from = (at: number): string => `2001:db8:1:${at.toString(16)}::1`

it('all clients of an IPv6 /48 together have as many fetches at once as four of them', async () => {
  const reader = readerOf({ limits: { ...LIMITS, timeoutMs: 5_000 } })
  const waiting = Array.from({ length: 8 }, (_, at) => ask(reader, A, { client: from(at) }))
  await expect.poll(() => reader.running).toBe(8)
  expect(await ask(reader, A, { client: from(99) })).toMatchObject({ state: 'quota' })
  peer.put(B.cid, B.bytes)
  expect(await ask(reader, B, { client: '2001:db8:2::1' })).toMatchObject({ state: 'block' })
  reader.stop()
  await Promise.all(waiting)
  expect(reader.running).toBe(0)
  expect(await ask(reader, B, { client: from(99) })).toMatchObject({ state: 'block' })
})

it('has a quota for all of an IPv6 /48', async () => {
  for (const { cid, bytes } of [A, B, C]) peer.put(cid, bytes)
  const wider = createMemoryRateLimiter({ name: 'wider', limit: 2, windowMs: 60_000 })
  const reader = readerOf({ wider })
  const states = []
  for (const at of [1, 2, 3]) states.push((await ask(reader, A, { client: `2001:db8:1:${at}::1` })).state)
  expect(states).toEqual(['block', 'block', 'quota'])
  expect(await ask(reader, A, { client: '192.0.2.1' })).toMatchObject({ state: 'block' })
})

it('writes of many blocks that cannot be fetched one line', async () => {
  const lines: object[] = []
  const logger: MinimalLogger = { ...silentLogger, warn: (fields) => lines.push(fields) }
  peer.delay = () => Promise.reject(new Error('no'))
  const reader = readerOf({ logger, limits: { ...LIMITS, atOncePerClient: 100 } })
  for (let turn = 0; turn < 20; turn++) expect(await ask(reader, A)).toEqual({ state: 'failed' })
  expect(lines).toHaveLength(1)
})
