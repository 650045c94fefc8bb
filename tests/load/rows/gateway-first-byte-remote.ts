import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startEmbeddedPostgres } from '@packages/db/embedded-postgres'
import { silentLogger } from '@packages/runtime/minimal-logger'
import { startKuboNode } from '@packages/testkit/kubo-node'
import { Client } from 'pg'
import { startHoldfast } from '../contestants/holdfast.ts'
import type { BenchRow } from '../frame/bench-row.ts'
import { percentile } from '../frame/percentile.ts'
import { addFolder } from '../http/add-folder.ts'
import { dropPageCache } from '../http/drop-page-cache.ts'
import { firstBytes } from '../http/first-bytes.ts'
import { randomFile } from '../http/random-file.ts'

const CLIENTS = 32
const FILES = 500
const BYTES = 100 * 1024
const LIMIT_MS = 500
const LET_GO_MS = 120_000
const TOKEN = 'of the nodes of one row'

/** How to end what was started, the last first. */
const started: (() => Promise<void>)[] = []

/**
 * How long a client waits for the first byte of a file that only other nodes have: the own store has let it go, as on a disk that is always short, and
 * keeps nothing of what it reads. A platform of its own with two Kubo nodes, of which each has all.
 */
export const gatewayFirstByteRemote: BenchRow = {
  name: 'gateway-first-byte-remote',
  unit: `of ${LIMIT_MS} ms`,
  about: `${LIMIT_MS} ms divided by the p95 of the first byte of ${FILES} files of 100 KiB that only two Kubo nodes have, page cache dropped; ${CLIENTS} clients.`,
  only: 'holdfast',
  prepare: async () => {
    const directory = await mkdtemp(path.join(tmpdir(), 'hf-remote-'))
    started.push(() => rm(directory, { recursive: true, force: true, maxRetries: 5 }))
    const nodes = await Promise.all([1, 2].map(() => startKuboNode({ token: TOKEN })))
    for (const node of nodes) started.push(() => node[Symbol.asyncDispose]())
    const postgres = await startEmbeddedPostgres({ dataDir: path.join(directory, 'pg'), logger: silentLogger })
    started.push(() => postgres.stop())
    const { host, user, password = '', database } = postgres.connection
    const platform = await startHoldfast(directory, null, {
      DATABASE_URL: `postgres://${user}:${password}@localhost/${database}?host=${encodeURIComponent(host)}`,
      IPFS_BACKEND: 'kubo',
      KUBO_NODES: JSON.stringify(nodes.map(({ api, token }) => ({ url: api, token }))),
      EVICT_BELOW_BYTES: '1000TiB',
      MIN_FREE_BYTES: '0',
      NODE_CACHE_BYTES: '0',
    })
    started.push(() => platform.stop())
    const client = new Client(postgres.connection)
    await client.connect()
    started.push(() => client.end())
    return async (round) => {
      const bytes = Buffer.concat(randomFile(FILES * BYTES, 7_000 + round))
      const files = Array.from({ length: FILES }, (_, n) => bytes.subarray(n * BYTES, (n + 1) * BYTES))
      const root = await addFolder(
        platform,
        files.map((file, n) => [`folder/${n}.bin`, file] as const),
      )
      await untilLetGo(client, root)
      await dropPageCache()
      const urls = files.map((_, n) => new URL(`/ipfs/${root}/${n}.bin`, platform.gateway))
      const waits = await firstBytes(urls, CLIENTS)
      const [middle, most] = [percentile(waits, 0.5), percentile(waits, 0.95)]
      console.log(`  first byte from nodes: p50 ${middle.toFixed(1)} ms, p95 ${most.toFixed(1)} ms`)
      return { value: LIMIT_MS / most }
    }
  },
  close: async () => {
    for (let end = started.pop(); end !== undefined; end = started.pop()) await end()
  },
}

const untilLetGo = async (client: Client, root: string): Promise<void> => {
  const text = `select from contents where cid = $1 and state = 'held' and let_go_at is not null`
  for (const start = performance.now(); performance.now() - start < LET_GO_MS; await sleep(100))
    if ((await client.query(text, [root])).rowCount === 1) return
  throw new Error('the own store has not let go what both nodes have')
}
