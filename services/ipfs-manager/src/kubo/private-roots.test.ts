import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { rawBlock } from '@packages/content/block-store/test-dags'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import type { RootSource } from '../pin-backend.ts'
import { KuboBackend } from './kubo-backend.ts'

/** Both nodes, told apart by their tokens; which one is asked anything is noted. */
const asked: string[] = []
const server = createServer((request, response) => {
  asked.push(request.headers.authorization ?? 'nobody')
  response.writeHead(500).end()
})
const [open, vault] = [randomUUID(), randomUUID()]
let backend: KuboBackend
beforeAll(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const nodes = (['public', 'private'] as const).map((network, index) => ({
    nodeId: [open, vault][index] ?? '',
    name: network,
    url: `http://127.0.0.1:${port}`,
    token: network,
    zone: '',
    network,
  }))
  backend = new KuboBackend({ install: 'us', nodes, dialPrivate: false })
})
afterAll(() => {
  backend.stop()
  server.close()
})
beforeEach(() => void asked.splice(0))

const { cid, bytes } = rawBlock(Buffer.from('ciphertext'))
const root = { contentId: randomUUID(), cid, network: 'private', dagSize: 10 } as const
const { signal } = new AbortController()
const limits = { maxMs: 1_000, stallMs: 1_000, maxBytes: 1e9, maxBlocks: 1e3, maxDepth: 100 }
const car: RootSource & { kind: 'car' } = {
  kind: 'car',
  async *open() {
    yield bytes
  },
}

it('a public node is asked nothing of a private root, whatever a caller says', async () => {
  const sources: RootSource[] = [car, { kind: 'network', origins: [] }, { kind: 'nodes', holders: [vault] }]
  for (const source of sources)
    await expect(backend.ensure(open, root, source, { limits, signal })).rejects.toMatchObject({ code: 'internal' })
  await expect(backend.push(open, [{ root, source: car }], signal)).rejects.toMatchObject({ code: 'internal' })
  expect(asked).toEqual([])
})

it('private blocks are asked of private nodes alone, also when a public one is said to hold them', async () => {
  await expect(backend.blocks('private', [open]).get(cid)).rejects.toThrow(/^private: /)
  expect([...new Set(asked)]).toEqual(['Bearer private'])
})

it('a private root that nobody holds any more is asked of no network', async () => {
  const source = { kind: 'network', origins: ['/ip4/127.0.0.1/tcp/4001'] } as const
  await expect(backend.ensure(vault, root, source, { limits, signal })).rejects.toMatchObject({ code: 'no_providers' })
  expect(asked).toEqual([])
})
