import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { rawCid } from '@packages/content/unixfs/block-cid'
import { freePort } from '@packages/testkit/free-port'
import { startVarnish, type TestVarnish } from '@packages/testkit/varnish-server'
import { canonicalCid } from '@packages/shared/cid'
import type { Contestant } from '../contestants/contestant.ts'
import { startHoldfast } from '../contestants/holdfast.ts'
import type { BenchRow } from '../frame/bench-row.ts'
import { addFolder } from '../http/add-folder.ts'
import { Connection } from '../http/connection.ts'
import { randomFile } from '../http/random-file.ts'
import { zipf } from '../http/zipf.ts'

const OBJECTS = 150_000
const BYTES = 16 * 1024
const CACHED_SHARE = 0.3
const IN_A_FOLDER = 5_000
const REQUESTS = 200_000
/** Until what is kept is what will be. */
const WARM_UP_REQUESTS = 300_000
const CONNECTIONS = 32
const TOKEN = 'a-token-for-the-bench'

/** @returns their CIDs, in the order of their ranks */
const addObjects = async (contestant: Contestant): Promise<string[]> => {
  const cids: string[] = []
  for (let folder = 0; folder * IN_A_FOLDER < OBJECTS; folder++) {
    const bytes = Buffer.concat(randomFile(IN_A_FOLDER * BYTES, 2_000 + folder))
    const files = Array.from({ length: IN_A_FOLDER }, (_, n) => bytes.subarray(n * BYTES, (n + 1) * BYTES))
    await addFolder(
      contestant,
      files.map((file, n) => [`folder/${n}.bin`, file] as const),
    )
    cids.push(...files.map((file) => canonicalCid(rawCid(file))))
  }
  return cids
}

const replay = async (varnish: TestVarnish, cids: readonly string[], count: number, seed: number): Promise<void> => {
  const ranks = zipf({ count: cids.length, s: 1, seed })
  let left = count
  const client = async (): Promise<void> => {
    const connection = await Connection.open(new URL(varnish.url))
    while (left-- > 0) {
      const cid = cids[ranks.next().value ?? 0]
      const { status, bodyBytes } = await connection.request([connection.head('GET', `/ipfs/${cid}`, {})])
      if (status !== 200 || bodyBytes !== BYTES) throw new Error(`${cid}: status ${status}, ${bodyBytes} bytes`)
    }
    connection.close()
  }
  await Promise.all(Array.from({ length: CONNECTIONS }, client))
}

let close = async (): Promise<void> => undefined

/** A platform of its own behind a Varnish whose memory holds a part of what is asked for. */
const start = async (): Promise<{ varnish: TestVarnish; cids: string[] }> => {
  const directory = await mkdtemp(path.join(tmpdir(), 'holdfast-cdn-'))
  const [port, gatewayPort] = [await freePort(), await freePort()]
  const memory = `${Math.floor(OBJECTS * BYTES * CACHED_SHARE)}b`
  const varnish = await startVarnish({ port, gatewayPort, token: TOKEN, memory })
  close = async () => {
    await varnish[Symbol.asyncDispose]()
    await rm(directory, { recursive: true, force: true, maxRetries: 5 })
  }
  const settings = {
    GATEWAY_PORT: `${gatewayPort}`,
    CDN_CACHES: JSON.stringify([{ kind: 'varnish', url: varnish.url, token: TOKEN }]),
  }
  const contestant = await startHoldfast(directory, null, settings)
  const before = close
  close = async () => {
    await contestant.stop()
    await before()
  }
  return { varnish, cids: await addObjects(contestant) }
}

/** How much of a replay by Zipf's law a Varnish answers by itself. More than 85 is what is wanted. */
export const cdnHitRate: BenchRow = {
  name: 'cdn-hit-rate',
  unit: '% hits',
  about: `GET /ipfs/:cid through Varnish, ${OBJECTS} files of ${BYTES / 1024} KiB by Zipf's law (s = 1), memory for ${CACHED_SHARE * 100} % of their bytes; after ${WARM_UP_REQUESTS} requests, ${REQUESTS} more in each round.`,
  only: 'holdfast',
  prepare: async () => {
    const { varnish, cids } = await start()
    return async (round) => {
      if (round === 0) await replay(varnish, cids, WARM_UP_REQUESTS, 1)
      const before = await varnish.counts()
      await replay(varnish, cids, REQUESTS, 2 + round)
      const after = await varnish.counts()
      const hits = after.cache_hit - before.cache_hit
      return { value: (100 * hits) / (hits + after.cache_miss - before.cache_miss) }
    }
  },
  close: () => close(),
}
