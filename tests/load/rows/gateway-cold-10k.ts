import { createHash } from 'node:crypto'
import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { CID } from 'multiformats/cid'
import * as raw from 'multiformats/codecs/raw'
import { create } from 'multiformats/hashes/digest'
import { sha256 } from 'multiformats/hashes/sha2'
import type { BenchRow } from '../frame/bench-row.ts'
import { addFolder } from '../http/add-folder.ts'
import { Connection } from '../http/connection.ts'
import { randomFile } from '../http/random-file.ts'

const FILES = 20_000
/** The warm-up is there for the code, not for the disk. */
const WARM_UP_FILES = 1_000
const BYTES = 10 * 1024
const CONNECTIONS = 32

/** Both contestants import by the same profile: a file of one block is that raw block. */
const cidOf = (bytes: Uint8Array): string =>
  CID.createV1(raw.code, create(sha256.code, createHash('sha256').update(bytes).digest())).toString()

/** Nothing that was written is in memory afterwards, except what the servers keep themselves. @throws Error unless root runs it */
const dropPageCache = async (): Promise<void> => {
  await promisify(execFile)('sync')
  await writeFile('/proc/sys/vm/drop_caches', '3')
}

export const gatewayCold10k: BenchRow = {
  name: 'gateway-cold-10k',
  unit: 'requests/s',
  about: `GET /ipfs/:cid of ${FILES} files of 10 KiB, once each in the order of their CIDs, ${CONNECTIONS} kept connections, page cache dropped. New files in each round.`,
  prepare: async (contestant) => async (round) => {
    const bytes = Buffer.concat(randomFile((round === 0 ? WARM_UP_FILES : FILES) * BYTES, 1000 + round))
    const files = Array.from({ length: bytes.length / BYTES }, (_, n) => bytes.subarray(n * BYTES, (n + 1) * BYTES))
    const proof = await addFolder(
      contestant,
      files.map((file, n) => [`folder/${n}.bin`, file] as const),
    )
    // Not the order in which they were written.
    const cids = files.map(cidOf).toSorted()
    await dropPageCache()
    const queue = cids.values()
    const start = performance.now()
    const client = async (): Promise<void> => {
      const connection = await Connection.open(contestant.gateway)
      for (const cid of queue) {
        const { status, bodyBytes } = await connection.request([connection.head('GET', `/ipfs/${cid}`, {})])
        if (status !== 200 || bodyBytes !== BYTES) throw new Error(`${cid}: status ${status}, ${bodyBytes} bytes`)
      }
      connection.close()
    }
    await Promise.all(Array.from({ length: CONNECTIONS }, client))
    return { value: cids.length / ((performance.now() - start) / 1000), proof }
  },
}
