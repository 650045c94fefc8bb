import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { textBlock } from '@packages/content/block-store/test-dags'
import type { MinimalLogger } from '@packages/runtime/minimal-logger'
import { afterEach, expect, it } from 'vitest'
import { KuboClient } from './kubo-client.ts'
import { KuboError } from './kubo-error.ts'
import { KuboNetwork } from './kubo-network.ts'
import { KuboRpc } from './kubo-rpc.ts'
import { tellFailedFetches } from './tell-failed-fetches.ts'

const { cid, bytes } = textBlock('a')
const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

/** Speaks `block/get` as a Kubo does that knows somebody who has the block, that knows nobody, that gives something else, or whose credentials are others. */
const startNode = async (kind: 'finds' | 'knows nobody' | 'lies' | 'refuses'): Promise<KuboClient> => {
  const server = createServer((_, answer) => {
    if (kind === 'finds') return void answer.end(bytes)
    if (kind === 'lies') return void answer.end('b')
    answer.writeHead(kind === 'refuses' ? 403 : 500, { 'content-type': 'application/json' })
    answer.end(JSON.stringify({ Message: 'block was not found', Code: 0, Type: 'error' }))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const rpc = new KuboRpc({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, token: null })
  closing.push(async () => {
    rpc.stop()
    server.closeAllConnections()
    await new Promise((done) => server.close(done))
  })
  return new KuboClient(rpc)
}

it('asks the next node where one fails, tells why it did, and how much which node has fetched', async () => {
  const nodes = new Map([
    ['refusing', await startNode('refuses')],
    ['lying', await startNode('lies')],
    ['lonely', await startNode('knows nobody')],
    ['finding', await startNode('finds')],
  ])
  const fetched: unknown[] = []
  const failed: unknown[] = []
  const network = new KuboNetwork({
    nodes: () => nodes,
    onFetched: (...one) => fetched.push(one),
    onFailed: (nodeId, { kind }) => failed.push([nodeId, kind]),
  })
  const session = await network.open(cid)
  expect(Buffer.from((await session?.get(cid, AbortSignal.timeout(10_000))) ?? []).toString()).toBe('a')
  expect(fetched).toEqual([['finding', bytes.length]])
  expect(failed).toEqual([
    ['refusing', 'denied'],
    ['lying', 'strange'],
  ])
})

it('tells an operator once a minute what he can mend, and not that nobody has something', () => {
  const told: string[] = []
  const tell =
    (level: string): MinimalLogger['warn'] =>
    (facts) =>
      void told.push(`${level} ${(facts as { nodeId: string }).nodeId}`)
  const logger: MinimalLogger = { debug: tell('debug'), info: tell('info'), warn: tell('warn'), error: tell('error') }
  let now = 0
  const onFailed = tellFailedFetches(logger, () => now)
  onFailed('a', new KuboError('timeout', 'context deadline exceeded'))
  onFailed('a', new KuboError('denied', 'the credentials are refused'))
  onFailed('a', new KuboError('denied', 'the credentials are refused'))
  onFailed('b', new KuboError('unreachable', 'no answer'))
  now = 60_000
  onFailed('a', new KuboError('denied', 'the credentials are refused'))
  expect(told).toEqual(['debug a', 'warn a', 'debug a', 'warn b', 'warn a'])
})
