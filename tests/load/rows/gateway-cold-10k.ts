import { rawCid } from '@packages/content/unixfs/block-cid'
import { canonicalCid } from '@packages/shared/cid'
import type { BenchRow } from '../frame/bench-row.ts'
import { addFolder } from '../http/add-folder.ts'
import { Connection } from '../http/connection.ts'
import { dropPageCache } from '../http/drop-page-cache.ts'
import { randomFile } from '../http/random-file.ts'

const FILES = 20_000
/** The warm-up is there for the code, not for the disk. */
const WARM_UP_FILES = 1_000
const BYTES = 10 * 1024
const CONNECTIONS = 32

export const gatewayCold10k: BenchRow = {
  name: 'gateway-cold-10k',
  unit: 'requests/s',
  about: `GET /ipfs/:cid of ${FILES} files of 10 KiB, once each in the order of their CIDs, ${CONNECTIONS} kept connections, page cache dropped. New files in each round.`,
  isOfPlainFiles: true,
  prepare: async (contestant) => async (round) => {
    const bytes = Buffer.concat(randomFile((round === 0 ? WARM_UP_FILES : FILES) * BYTES, 1000 + round))
    const files = Array.from({ length: bytes.length / BYTES }, (_, n) => bytes.subarray(n * BYTES, (n + 1) * BYTES))
    const proof = await addFolder(
      contestant,
      files.map((file, n) => [`folder/${n}.bin`, file] as const),
    )
    // Both import by the same profile, where a file of one block is that raw block. Not the order in which they were written.
    const cids = files.map((file) => canonicalCid(rawCid(file))).toSorted()
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
