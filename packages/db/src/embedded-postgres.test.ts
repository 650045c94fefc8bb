import { execFile, fork } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { silentLogger } from '@packages/runtime/minimal-logger'
import { Client } from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres.ts'

const run = promisify(execFile)
let made: string
let folder: string
let running: EmbeddedPostgres[] = []

// Made once: initdb takes half a second, and most tests want a cluster that is there.
beforeAll(async () => {
  made = await mkdtemp(join(tmpdir(), 'hf-embedded-'))
  await (await start(made)).stop()
})
afterAll(() => rm(made, { recursive: true, force: true }))
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hf-embedded-'))
  running = []
})
afterEach(async () => {
  for (const server of running) await server.stop(2_000)
  await rm(folder, { recursive: true, force: true })
})

const start = async (dataDir = folder): Promise<EmbeddedPostgres> => {
  const server = await startEmbeddedPostgres({ dataDir, logger: silentLogger })
  running.push(server)
  return server
}

const startMade = async (dataDir = folder): Promise<EmbeddedPostgres> => {
  await cp(made, dataDir, { recursive: true })
  return start(dataDir)
}

const query = async (server: EmbeddedPostgres, sql: string): Promise<Record<string, unknown>[]> => {
  const client = new Client(server.connection)
  await client.connect()
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

describe('embedded PostgreSQL', () => {
  test('keeps its data over a stop, on a private socket only, with fsync on', async () => {
    const first = await start()
    await query(first, 'create table kept as select 1 as one')
    await first.stop()
    expect(isAlive(first.pid)).toBe(false)
    const second = await start()
    expect(await query(second, 'select * from kept')).toEqual([{ one: 1 }])
    const [settings] = await query(
      second,
      `select current_setting('listen_addresses') as addresses, current_setting('fsync') as fsync,
        current_setting('full_page_writes') as pages, current_setting('synchronous_commit') as commit,
        current_setting('server_version_num')::int / 10000 as major, current_setting('server_encoding') as encoding,
        (select datlocale from pg_database where datname = current_database()) as locale`,
    )
    expect(settings).toEqual({
      addresses: '',
      fsync: 'on',
      pages: 'on',
      commit: 'on',
      major: 18,
      encoding: 'UTF8',
      locale: 'C.UTF-8',
    })
    for (const path of [folder, join(folder, 'cluster'), second.connection.host])
      expect((await stat(path)).mode & 0o777).toBe(0o700)
    expect((await stat(join(folder, 'password'))).mode & 0o777).toBe(0o600)
  })

  test('lets nobody in without the password', async () => {
    const server = await startMade()
    const client = new Client({ ...server.connection, password: 'wrong' })
    await expect(client.connect()).rejects.toThrow(/password authentication failed/)
  })

  test('puts the socket elsewhere when the path is too long or has odd characters, and cleans up', async () => {
    const long = join(folder, `a folder: "quoted", ${'x'.repeat(80)}`)
    const server = await startMade(long)
    expect(server.connection.host.startsWith(long)).toBe(false)
    expect((await stat(server.connection.host)).mode & 0o777).toBe(0o700)
    expect(await query(server, 'select 1 as one')).toEqual([{ one: 1 }])
    await server.stop()
    await expect(stat(server.connection.host)).rejects.toThrow(/ENOENT/)
  })

  test('stops a server that an earlier run left behind, and recovers what it had committed', async () => {
    const survivor = await startMade()
    await query(survivor, 'create table kept as select 1 as one')
    const server = await start()
    expect(isAlive(survivor.pid)).toBe(false)
    expect(await query(server, 'select * from kept')).toEqual([{ one: 1 }])
  })

  test('recovers after a kill of the postmaster, whose children may still run', async () => {
    const killed = await startMade()
    await query(killed, 'create table kept as select 1 as one')
    process.kill(killed.pid, 'SIGKILL')
    await killed.exited
    const server = await start()
    expect(await query(server, 'select * from kept')).toEqual([{ one: 1 }])
  })

  test('is not kept from starting by a lock file that names a process of another kind', async () => {
    const first = await startMade()
    const lock = await readFile(join(folder, 'cluster/postmaster.pid'), 'utf8')
    await first.stop()
    await writeFile(join(folder, 'cluster/postmaster.pid'), lock.replace(/^\d+/, String(process.pid)))
    const second = await start()
    expect(await query(second, 'select 1 as one')).toEqual([{ one: 1 }])
  })

  test('makes the cluster anew when the first start was cut off', async () => {
    await mkdir(join(folder, 'cluster.new-1/base'), { recursive: true })
    const server = await start()
    expect(await query(server, 'select 1 as one')).toEqual([{ one: 1 }])
    expect(await readdir(folder)).toEqual(['cluster', 'password', 'run'])
  })

  test('refuses a cluster of another major version in one line', async () => {
    await cp(made, folder, { recursive: true })
    await writeFile(join(folder, 'cluster/PG_VERSION'), '17\n')
    await expect(start()).rejects.toThrow(/^The database in \S+ was made by PostgreSQL 17, this release brings 18: .+$/)
  })

  test.runIf(process.getuid?.() === 0)(
    'runs as another user where namespaces are forbidden, and as before again',
    async () => {
      const first = await startMade()
      await query(first, 'create table kept as select 1 as one')
      await first.stop()
      vi.stubEnv('PATH', '/nonexistent')
      const other = await start()
      expect((await stat(join(folder, 'cluster'))).uid).not.toBe(0)
      expect(await query(other, 'select * from kept')).toEqual([{ one: 1 }])
      await other.stop()
      vi.unstubAllEnvs()
      const again = await start()
      expect((await stat(join(folder, 'cluster/global'))).uid).toBe(0)
      expect(await query(again, 'select * from kept')).toEqual([{ one: 1 }])
    },
  )

  test('tells why it does not start', async () => {
    await cp(made, folder, { recursive: true })
    const server = startEmbeddedPostgres({
      dataDir: folder,
      logger: silentLogger,
      settings: { shared_buffers: 'nonsense' },
    })
    await expect(server).rejects.toThrow(/does not start.*shared_buffers/)
  })

  test('ends with its parent, however that ends', async ({ skip }) => {
    const works = await run('setpriv', ['--pdeathsig', 'SIGINT', 'true']).then(
      () => true,
      () => false,
    )
    if (!works) skip('setpriv is not here; the next start stops the survivor instead')
    await cp(made, join(folder, 'data'), { recursive: true })
    const script = join(folder, 'parent.ts')
    await writeFile(
      script,
      `import { startEmbeddedPostgres } from ${JSON.stringify(join(import.meta.dirname, 'embedded-postgres.ts'))}
       const nothing = () => {}
       const logger = { debug: nothing, info: nothing, warn: nothing, error: nothing }
       const { pid } = await startEmbeddedPostgres({ dataDir: ${JSON.stringify(join(folder, 'data'))}, logger })
       process.send(pid)
       setInterval(nothing, 1000)`,
    )
    const parent = fork(script, { stdio: 'ignore', execArgv: [] })
    const [pid] = (await once(parent, 'message')) as [number]
    expect(isAlive(pid)).toBe(true)
    parent.kill('SIGKILL')
    for (let waited = 0; isAlive(pid) && waited < 5_000; waited += 20) await sleep(20)
    expect(isAlive(pid)).toBe(false)
  })
})
