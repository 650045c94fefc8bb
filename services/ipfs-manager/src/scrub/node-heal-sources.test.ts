import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { textBlock } from '@packages/content/block-store/test-dags'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { KuboBackend } from '../kubo/kubo-backend.ts'
import { nodeHealSources } from './node-heal-sources.ts'

/** Speaks `block/get` as a Kubo does that has every block. */
let server: Server
beforeAll(async () => {
  server = createServer((_, answer) => void answer.end(textBlock('a').bytes)).listen(0, '127.0.0.1')
  await once(server, 'listening')
})
afterAll(async () => {
  server.closeAllConnections()
  await new Promise((done) => server.close(done))
})

it('asks nodes that were added after the start, and none that was dropped', async () => {
  const backend = new KuboBackend({ install: 'here', nodes: [], dialPrivate: true })
  const { open, vault } = nodeHealSources(backend)
  const { cid } = textBlock('a')
  expect(await open.get(cid)).toBeUndefined()
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  backend.add({ nodeId: 'late', name: 'late', url, token: null, zone: '', network: 'public' })
  expect(Buffer.from((await open.get(cid)) ?? []).toString()).toBe('a')
  // It is none that may be asked for what is private.
  expect(await vault.get(cid)).toBeUndefined()
  backend.drop('late')
  expect(await open.get(cid)).toBeUndefined()
  backend.stop()
})
