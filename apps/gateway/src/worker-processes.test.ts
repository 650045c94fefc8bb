import { spawn } from 'node:child_process'
import cluster from 'node:cluster'
import { createHash, randomBytes, randomUUIDv7 } from 'node:crypto'
import { once } from 'node:events'
import { readdir, readlink } from 'node:fs/promises'
import { Agent, get as httpGet, type IncomingMessage } from 'node:http'
import { createServer, type AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { beginPrivateUpload } from '@packages/content/private/private-upload'
import { importFile } from '@packages/content/unixfs/import-file'
import { importProfiles } from '@packages/content/unixfs/import-profile'
import { putIpnsRecord } from '@packages/db/ipns/put-ipns-record'
import { silentLogger } from '@packages/runtime/minimal-logger'
import { unlimited } from '@packages/runtime/rate-limiter'
import { StartError } from '@packages/runtime/start-error'
import { CID } from 'multiformats/cid'
import { create as createDigest } from 'multiformats/hashes/digest'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { startGateway } from './start-gateway.ts'
import { ipnsKey, makeIpnsRecord } from './test-support/make-ipns-record.ts'
import { makeLink } from './test-support/make-link.ts'
import { startTestGateway, type TestGateway } from './test-support/start-test-gateway.ts'

const passwordTries = { client: unlimited, link: unlimited }
const files = { passwordTries, authenticateReader: undefined, privateFiles: undefined }

const rootKey = new Uint8Array(randomBytes(32))

let t: TestGateway

beforeAll(async () => {
  const privateFiles = {
    rootKey: async () => rootKey,
    openName: async () => 'secret.bin',
    cidHash: async () => undefined,
  }
  t = await startTestGateway({ workers: 2, privateFiles })
})
afterAll(async () => t?.stop())

async function* inOnePiece(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

/** One request, on a connection of its own unless told otherwise, so that all workers get some. */
const ask = (path: string, agent: Agent | false = false): Promise<{ status: number; bytes: Buffer }> =>
  new Promise((resolve, reject) => {
    httpGet(`${t.url}${path}`, { agent }, (response: IncomingMessage) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, bytes: Buffer.concat(chunks) }))
      response.on('error', reject)
    }).on('error', reject)
  })

const askMany = async (path: string, times: number): Promise<number[]> =>
  (await Promise.all(Array.from({ length: times }, () => ask(path)))).map(({ status }) => status)

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

const countSessions = async (): Promise<number> =>
  (await t.db.kysely.selectFrom('gateway_sessions').select('id').execute()).length

const workerPids = (): number[] =>
  Object.values(cluster.workers ?? {}).flatMap((worker) =>
    worker?.isConnected() ? [worker.process.pid as number] : [],
  )

const socketsOf = (pids: readonly number[]): Promise<string[][]> =>
  Promise.all(
    pids.map(async (pid) => {
      const open = await readdir(`/proc/${pid}/fd`)
      const targets = await Promise.all(open.map((fd) => readlink(`/proc/${pid}/fd/${fd}`).catch(() => '')))
      return targets.filter((target) => target.startsWith('socket:'))
    }),
  )

describe('worker processes', () => {
  it('read private content beside public, and all hear of a revoked link within a second', async () => {
    const body = randomBytes(1_500_000)
    const contentId = randomUUIDv7()
    const { organizationId, ...file } = await t.upload(body)
    const sink = beginPrivateUpload(t.store, { organizationId, contentId, rootKey })
    const { root } = await importFile(inOnePiece(body), { sink, profile: importProfiles['unixfs-v1-2025'] })
    const { list } = await sink.commit(root)
    t.store.settle(contentId)
    // The rows of a public file stand for the private one's.
    const { kysely } = t.db
    await kysely
      .insertInto('contents')
      .values({ id: contentId, realm: 'private', cid: list.toString(), dag_size: 1, blocks: 1, state: 'held' })
      .execute()
    await kysely.updateTable('files').set({ content_id: contentId }).where('pin_id', '=', file.pinId).execute()
    const { id, token } = await makeLink(t.db, file.pinId)
    const path = `/files/${root}?link=${token}`
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask(path)))
    for (const { status, bytes } of answers) expect([status, bytes.equals(body)]).toEqual([200, true])
    expect(await askMany(`/ipfs/${file.cid}`, 5)).toEqual(Array(5).fill(200))
    await t.db.unitOfWork.run(async (uow) => {
      await uow.tx.updateTable('file_links').set({ revoked_at: new Date() }).where('id', '=', id).execute()
      uow.policy({ kind: 'link.revoked', linkId: id })
    })
    expect(await askMany(path, 20)).toEqual(Array(20).fill(410))
  })

  it('all hear of a newer IPNS record', async () => {
    const [older, newer] = [await t.upload(Buffer.from('older')), await t.upload(Buffer.from('newer'))]
    const key = ipnsKey('processes')
    const put = (cid: string, sequence: bigint) => {
      const record = makeIpnsRecord(key, { value: `/ipfs/${cid}`, sequence })
      return t.db.unitOfWork.run((uow) => putIpnsRecord(uow, { key: key.name, record, register: true }))
    }
    const answers = async (): Promise<Set<string>> =>
      new Set(
        (await Promise.all(Array.from({ length: 20 }, () => ask(`/ipns/${key.name}`)))).map(({ bytes }) =>
          bytes.toString(),
        ),
      )
    await put(older.cid, 1n)
    expect(await answers()).toEqual(new Set(['older']))
    await put(newer.cid, 2n)
    await vi.waitFor(async () => expect(await answers()).toEqual(new Set(['newer'])), { timeout: 10_000 })
  })

  it('serve from the store that another process writes', async () => {
    const body = randomBytes(2_500_000)
    const file = await t.upload(body, { name: 'two.bin' })
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask(`/ipfs/${file.cid}`)))
    for (const { status, bytes } of answers) expect([status, bytes.equals(body)]).toEqual([200, true])
    expect(await askMany(`/ipfs/${file.cid}/two.bin`, 20)).toEqual(Array.from({ length: 20 }, () => 200))
  })

  it('all know of a deletion when it is acknowledged', async () => {
    for (let round = 0; round < 3; round++) {
      const file = await t.upload(randomBytes(2000), { name: 'gone.bin' })
      expect(new Set(await askMany(`/ipfs/${file.cid}/gone.bin`, 20))).toEqual(new Set([200]))
      await t.remove(file)
      // `remove` has not waited for gateways: the index alone makes it gone.
      expect(new Set(await askMany(`/ipfs/${file.cid}`, 20))).toEqual(new Set([404]))
      expect(new Set(await askMany(`/ipfs/${file.cid}/gone.bin`, 20))).toEqual(new Set([404]))
    }
  })

  it('see a release that was made just before the request, under load and without the policy log', async () => {
    const busy = await t.upload(randomBytes(300))
    const agent = new Agent({ keepAlive: true })
    const done = new AbortController()
    const load = Array.from({ length: 4 }, async () => {
      while (!done.signal.aborted) await ask(`/ipfs/${busy.cid}`, agent)
    })
    const statuses = new Set<string>()
    for (let round = 0; round < 60; round++) {
      const contentId = randomUUIDv7()
      const sink = t.store.beginUpload({ realm: 'public', contentId })
      const block = randomBytes(64)
      const digest = createDigest(0x12, createHash('sha256').update(block).digest())
      const cid = CID.createV1(0x55, digest)
      await sink.put(cid, block)
      await sink.commit(cid)
      const before = await ask(`/ipfs/${cid}`, agent)
      await t.store.release(contentId)
      const after = await ask(`/ipfs/${cid}`, agent)
      statuses.add(`${before.status} ${after.status}`)
    }
    done.abort()
    await Promise.all(load)
    agent.destroy()
    expect([...statuses]).toEqual(['200 404'])
  })

  it('forget a name everywhere within a second', async () => {
    const body = randomBytes(900)
    await t.upload(body, { name: 'kept.bin' })
    const file = await t.upload(body, { name: 'dropped.bin', owner: await t.newOwner() })
    expect(new Set(await askMany(`/ipfs/${file.cid}/dropped.bin`, 20))).toEqual(new Set([200]))
    await t.remove(file)
    const all = async (): Promise<number[]> => [...new Set(await askMany(`/ipfs/${file.cid}/dropped.bin`, 20))]
    await expect.poll(all, { timeout: 1000, interval: 20 }).toEqual([404])
  })

  it('all withhold what a suspended tenant alone holds, and so does one that takes the place of another', async () => {
    const owner = await t.newOwner()
    const { cid } = await t.upload(randomBytes(1_500_000), { owner })
    const setState = (state: 'active' | 'suspended') =>
      t.db.unitOfWork.run(async (uow) => {
        const { organizationId } = owner
        await uow.tx.updateTable('organizations').set({ state }).where('id', '=', organizationId).execute()
        uow.policy({ kind: 'organization.changed', organizationId })
      })
    const all = (status: number) =>
      vi.waitFor(async () => expect(new Set(await askMany(`/ipfs/${cid}`, 12))).toEqual(new Set([status])), {
        timeout: 10_000,
        interval: 50,
      })
    await all(200)
    await setState('suspended')
    await all(404)
    const [dying] = workerPids()
    process.kill(dying as number, 'SIGKILL')
    const listening = (): number => t.gateway.status().workers.listening
    await expect.poll(listening, { timeout: 2_000 }).toBe(1)
    // From its first answer on: no request may find one that serves it.
    const statuses: number[] = []
    while (listening() < 2) statuses.push((await ask(`/ipfs/${cid}`)).status)
    statuses.push(...(await askMany(`/ipfs/${cid}`, 20)))
    expect(new Set(statuses)).toEqual(new Set([404]))
    await setState('active')
    await all(200)
  })

  it.runIf(process.platform === 'linux')('have their parts of the connections', async () => {
    const { cid } = await t.upload(Buffer.from('asked for by many at once'))
    const agent = new Agent({ keepAlive: true, maxSockets: 64 })
    await Promise.all(Array.from({ length: 64 }, () => ask(`/ipfs/${cid}`, agent)))
    const open = await socketsOf(workerPids())
    agent.destroy()
    // Half each but for chance; all with one of them would be one in a billion.
    for (const sockets of open) expect(sockets.length).toBeGreaterThan(8)
  })

  it('are replaced when they die, while the others serve', async () => {
    const body = randomBytes(5000)
    const { cid } = await t.upload(body)
    const before = workerPids()
    expect(before.length).toBe(2)
    process.kill(before[0] as number, 'SIGKILL')
    // It has been missed, or replaced already.
    const isGone = () => t.gateway.status().workers.listening === 1 || !workerPids().includes(before[0] as number)
    await expect.poll(isGone, { timeout: 10_000 }).toBe(true)
    expect((await ask(`/ipfs/${cid}`)).bytes.equals(body)).toBe(true)
    await expect.poll(() => t.gateway.status().workers.listening, { timeout: 10_000 }).toBe(2)
    expect(workerPids()).toContain(before[1])
    expect(workerPids()).not.toContain(before[0])
    for (const { status } of await Promise.all(Array.from({ length: 10 }, () => ask(`/ipfs/${cid}`))))
      expect(status).toBe(200)
  })

  it('let Ctrl-C pass, which reaches the whole group', async () => {
    const before = workerPids()
    for (const pid of before) process.kill(pid, 'SIGINT')
    await sleep(300)
    expect(workerPids()).toEqual(before)
    expect((await ask('/health/ready')).status).toBe(200)
  })

  it('tell the database how far they are', async () => {
    expect(await countSessions()).toBe(1)
    expect(t.gateway.status().policyAgeMs).toBeLessThan(2000)
  })
})

describe('a primary', () => {
  it('that is killed takes its workers along', async () => {
    const script = fileURLToPath(new URL('test-support/primary-process.ts', import.meta.url))
    const child = spawn(process.execPath, [script], {
      env: { ...process.env, DATABASE_URL: t.databaseUrl, STORE_DIRECTORY: t.directory, NODE_OPTIONS: '' },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [line] = (await once(child.stdout, 'data')) as [Buffer]
    const { port, pids } = JSON.parse(line.toString()) as { port: number; pids: number[] }
    expect((await fetch(`http://127.0.0.1:${port}/health/live`)).status).toBe(200)
    child.kill('SIGKILL')
    await expect.poll(() => pids.filter(isAlive), { timeout: 5000 }).toEqual([])
    await expect(fetch(`http://127.0.0.1:${port}/health/live`)).rejects.toThrow()
  })

  it.each(['in-process', 2] as const)('says which port is taken (%s)', async (workers) => {
    const before = await countSessions()
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const { port } = taken.address() as AddressInfo
    const { db, directory: storeDirectory } = t
    const started = startGateway({ db, storeDirectory, host: '127.0.0.1', port, workers, logger: silentLogger, files })
    await expect(started).rejects.toThrow(StartError)
    await expect(started).rejects.toThrow(`Port ${port} on 127.0.0.1 is taken.`)
    taken.close()
    expect(await countSessions()).toBe(before)
  })

  it('says so also of a port that others of its kind have', async () => {
    const { db, directory: storeDirectory } = t
    const { port } = t.gateway
    const started = startGateway({
      db,
      storeDirectory,
      host: '127.0.0.1',
      port,
      workers: 2,
      logger: silentLogger,
      files,
    })
    await expect(started).rejects.toThrow(`Port ${port} on 127.0.0.1 is taken.`)
  })

  it('drains: what is under way is finished, nothing new is taken, and its row goes', async () => {
    const { db, directory: storeDirectory } = t
    const before = await countSessions()
    const body = randomBytes(8_000_000)
    const { cid } = await t.upload(body)
    const options = {
      db,
      storeDirectory,
      host: '127.0.0.1',
      port: 0,
      workers: 1,
      logger: silentLogger,
      logLevel: 'silent' as const,
      files,
    }
    const gateway = await startGateway(options)
    const response = await new Promise<IncomingMessage>((resolve, reject) =>
      httpGet(`http://127.0.0.1:${gateway.port}/ipfs/${cid}`, { agent: false }, resolve).on('error', reject),
    )
    response.pause()
    const stopped = gateway.stop(5000)
    await sleep(200)
    await expect(fetch(`http://127.0.0.1:${gateway.port}/health/live`)).rejects.toThrow()
    const chunks: Buffer[] = []
    for await (const chunk of response) chunks.push(chunk as Buffer)
    expect(Buffer.concat(chunks).equals(body)).toBe(true)
    await stopped
    expect(await countSessions()).toBe(before)
  })

  it('cuts at the deadline what does not end', async () => {
    const { db, directory: storeDirectory } = t
    const { cid } = await t.upload(randomBytes(24_000_000))
    const gateway = await startGateway({
      db,
      storeDirectory,
      host: '127.0.0.1',
      port: 0,
      workers: 'in-process',
      logger: silentLogger,
      files,
    })
    const response = await new Promise<IncomingMessage>((resolve, reject) =>
      httpGet(`http://127.0.0.1:${gateway.port}/ipfs/${cid}`, { agent: false }, resolve).on('error', reject),
    )
    response.pause()
    response.on('error', () => {})
    const started = performance.now()
    await gateway.stop(300)
    expect(performance.now() - started).toBeLessThan(1500)
    response.destroy()
  })
})
