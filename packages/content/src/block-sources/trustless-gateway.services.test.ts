import { execFile, spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { once } from 'node:events'
import { OutgoingCalls } from '@packages/runtime/outgoing/outgoing-calls'
import { CID } from 'multiformats/cid'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { BlockStore } from '../block-store/block-store.ts'
import { leafDag, nodeBlock, putDag, readsBack, textBlock } from '../block-store/test-dags.ts'
import { TrustlessGateway } from './trustless-gateway.ts'

const run = promisify(execFile)
const outgoing = new OutgoingCalls({ steeredBy: 'operator', maxBodyBytes: 8 * 1024 * 1024 })

let repository: string
let origin: string
let stop: () => Promise<void>
const ipfs = async (...args: string[]): Promise<string> =>
  (await run('ipfs', args, { env: { ...process.env, IPFS_PATH: repository } })).stdout.trim()

beforeAll(async () => {
  repository = await mkdtemp(join(tmpdir(), 'hf-kubo-'))
  await ipfs('init')
  const path = join(repository, 'config')
  const config = JSON.parse(await readFile(path, 'utf8'))
  config.Addresses = { API: '/ip4/127.0.0.1/tcp/0', Gateway: '/ip4/127.0.0.1/tcp/0', Swarm: [] }
  config.Bootstrap = []
  await writeFile(path, JSON.stringify(config))
  const env = { ...process.env, IPFS_PATH: repository }
  const daemon = spawn('ipfs', ['daemon', '--offline'], { env, stdio: 'ignore' })
  const exited = once(daemon, 'exit')
  stop = async () => {
    daemon.kill('SIGTERM')
    await exited
    await rm(repository, { recursive: true, force: true })
  }
  origin = ''
  for (let tries = 0; tries < 300 && origin === ''; tries++) {
    await sleep(100)
    origin = await readFile(join(repository, 'gateway'), 'utf8').catch(() => '')
  }
}, 60_000)
afterAll(() => stop())

test('a block that is damaged here is healed from the gateway of a real Kubo', async () => {
  const text = 'what only Kubo still has'
  const file = join(repository, 'text')
  await writeFile(file, text)
  const added = await ipfs('add', '--quieter', '--cid-version=1', '--raw-leaves', file)
  const dag = leafDag(text)
  expect(added).toBe(dag.root.toString())
  const directory = await mkdtemp(join(tmpdir(), 'hf-heal-'))
  const store = await BlockStore.open({ directory, noIndexSync: true })
  try {
    await putDag(store, 'file', dag)
    const place = store.reader('public').locate(dag.root)
    const segment = join(directory, 'segments', `${String(place?.segment).padStart(8, '0')}.car`)
    const bytes = await readFile(segment)
    bytes[place?.offset ?? 0] = 0
    await writeFile(segment, bytes)
    expect((await store.check({ realm: 'public', cid: dag.root })).state).toBe('damaged')
    const found = await new TrustlessGateway({ outgoing, origin }).get(dag.root)
    expect(await store.heal({ realm: 'public', cid: dag.root, bytes: found ?? new Uint8Array() })).toBe(true)
    expect(await readsBack(store, dag)).toBe(true)
  } finally {
    await store.close()
    await rm(directory, { recursive: true, force: true })
  }
})

test('Kubo gives any node of a DAG, version 0 and 1, and does not have what it does not have', async () => {
  const file = join(repository, 'large')
  await writeFile(file, Buffer.alloc(600_000, 7))
  const root = CID.parse(await ipfs('add', '--quieter', file))
  const gateway = new TrustlessGateway({ outgoing, origin })
  for (const cid of [root, root.toV1()]) expect((await gateway.get(cid))?.length).toBeGreaterThan(10)
  expect(await gateway.get(nodeBlock([textBlock('nowhere').cid]).cid)).toBeUndefined()
})
