import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { textBlock } from '@packages/content/block-store/test-dags'
import { createIpnsRecord } from '@packages/content/ipns/create-ipns-record'
import { ipnsKeyPair, newIpnsSeed } from '@packages/content/ipns/ipns-key-pair'
import { expect, it, onTestFinished, vi } from 'vitest'
import { routingKeyOf } from '../network/ipns-values.ts'
import { KuboClient } from './kubo-client.ts'
import { KuboFinder } from './kubo-finder.ts'
import { KuboRpc } from './kubo-rpc.ts'
import { KuboValues } from './kubo-values.ts'
import { listPins } from './list-pins.ts'

const { cid } = textBlock('a')
setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

/** A node, or what stands before it, that answers this command with lines without end, and others as Kubo does. */
const startEndless = async (command: string, line: (n: number) => object, count = Infinity) => {
  let sent = 0
  const server = createServer(({ url }, answer) => {
    if (url?.includes('/swarm/peers') === true) return void answer.end('{"Peers":[{}]}')
    if (url?.includes(command) !== true) return void answer.end('{"ID":"self"}')
    let n = 0
    const more = (): void => {
      if (answer.destroyed) return
      if (n >= count) return void answer.end()
      const lines = Buffer.from(
        Array.from({ length: Math.min(500, count) }, () => `${JSON.stringify(line(n++))}\n`).join(''),
      )
      sent += lines.length
      if (answer.write(lines)) setImmediate(more)
      else answer.once('drain', more)
    }
    more()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(async () => {
    server.closeAllConnections()
    await new Promise((done) => server.close(done))
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, sent: () => sent }
}

it('a list of pins that has no end is none, and leaves nothing on the disk', async () => {
  const { url } = await startEndless('pin/ls', () => ({ Cid: cid.toString(), Type: 'recursive' }))
  const rpc = new KuboRpc({ url, token: null })
  const folder = await mkdtemp(join(tmpdir(), 'hf-spool-'))
  vi.stubEnv('TMPDIR', folder)
  onTestFinished(async () => {
    vi.unstubAllEnvs()
    await rm(folder, { recursive: true })
  })
  const pages = Array.fromAsync(listPins(rpc, AbortSignal.timeout(20_000), 1_000_000))
  await expect(pages).rejects.toMatchObject({ kind: 'strange', message: 'the list of pins is too long' })
  expect(await readdir(folder)).toEqual([])
})

it('a line that is no pin ends the list, as the node’s fault', async () => {
  const { url } = await startEndless('pin/ls', () => ({ Cid: 'no CID', Type: 'recursive' }), 2)
  const pages = Array.fromAsync(listPins(new KuboRpc({ url, token: null }), AbortSignal.timeout(20_000)))
  await expect(pages).rejects.toMatchObject({ kind: 'strange', message: 'a line is no pin' })
})

it('a search for providers ends with as many as are told of', async () => {
  const { url, sent } = await startEndless('routing/findprovs', (n) => ({ Type: 4, Responses: [{ ID: `peer-${n}` }] }))
  const finder = new KuboFinder([{ nodeId: 'a', name: 'a', url, token: null, zone: '', network: 'public' }])
  const { state, providers } = await finder.find(cid, AbortSignal.timeout(5_000))
  expect([state, providers.length]).toEqual(['found', 20])
  expect(sent()).toBeLessThan(20_000_000)
  finder.stop()
})

it('what a node says of a record that it puts is not kept, however much it is', async () => {
  const { url, sent } = await startEndless('routing/put', (n) => ({ Type: 5, ID: `peer-${n}`, Extra: 'x'.repeat(100) }))
  const pair = ipnsKeyPair(newIpnsSeed())
  const validity = new Date(Date.now() + 3_600_000).toISOString().replace('Z', '000000Z')
  const fields = { value: '/ipfs/bafkqaaa', sequence: 1n, validity, ttlSeconds: 60 }
  const ended = new AbortController()
  collectGarbage()
  const before = process.memoryUsage().heapUsed
  const client = new KuboClient(new KuboRpc({ url, token: null }))
  const record = createIpnsRecord(pair.privateKey, fields)
  const put = new KuboValues([client]).putValue(routingKeyOf(pair.name), record, ended.signal)
  await expect.poll(sent, { timeout: 20_000 }).toBeGreaterThan(50_000_000)
  collectGarbage()
  const grown = process.memoryUsage().heapUsed - before
  ended.abort()
  expect(await put).toBe(0)
  expect(grown).toBeLessThan(10_000_000)
})
