import { canonicalCid } from '@packages/shared/cid'
import { rawCid } from '@packages/content/unixfs/block-cid'
import type { BenchRow } from '../frame/bench-row.ts'
import { percentile } from '../frame/percentile.ts'
import { addFolder } from '../http/add-folder.ts'
import { dropPageCache } from '../http/drop-page-cache.ts'
import { firstBytes } from '../http/first-bytes.ts'
import { randomFile } from '../http/random-file.ts'
import { addFileOf } from './gateway-rate.ts'

const CLIENTS = 32
const FILES = 2_000
const BYTES = 100 * 1024
const HOT_BYTES = 1024 * 1024
const LIMIT_MS = 500

/** How long a client waits for the first byte of a file that is in memory, and of one that only the disk has. */
export const gatewayFirstByte: BenchRow = {
  name: 'gateway-first-byte',
  unit: `of ${LIMIT_MS} ms`,
  about: `${LIMIT_MS} ms divided by the p95 of the first byte, the worse of ${FILES} reads of one file of 1 MiB and of ${FILES} files of 100 KiB whose pages were dropped; ${CLIENTS} clients.`,
  prepare: async (contestant) => {
    const hot = new URL(`/ipfs/${await addFileOf(contestant, HOT_BYTES)}`, contestant.gateway)
    return async (round) => {
      const bytes = Buffer.concat(randomFile(FILES * BYTES, 5_000 + round))
      const files = Array.from({ length: FILES }, (_, n) => bytes.subarray(n * BYTES, (n + 1) * BYTES))
      const proof = await addFolder(
        contestant,
        files.map((file, n) => [`folder/${n}.bin`, file] as const),
      )
      const warm = percentile(
        await firstBytes(
          Array.from({ length: FILES }, () => hot),
          CLIENTS,
        ),
        0.95,
      )
      await dropPageCache()
      const cids = files.map((file) => canonicalCid(rawCid(file))).toSorted()
      const cold = percentile(
        await firstBytes(
          cids.map((cid) => new URL(`/ipfs/${cid}`, contestant.gateway)),
          CLIENTS,
        ),
        0.95,
      )
      console.log(`  ${contestant.name}: first byte p95 ${warm.toFixed(1)} ms hot, ${cold.toFixed(1)} ms cold`)
      return { value: LIMIT_MS / Math.max(warm, cold), proof }
    }
  },
}
