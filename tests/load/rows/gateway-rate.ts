import type { BenchRow } from '../frame/bench-row.ts'
import { addFile } from '../http/add-file.ts'
import { Connection } from '../http/connection.ts'
import { runOwnLoad } from '../http/own-load.ts'
import { randomFile } from '../http/random-file.ts'
import { hasWrk, runWrk } from '../http/wrk.ts'

const CONNECTIONS = 32
const SECONDS = 3

/** A row that reads one file of `size` bytes by CID from the gateway, over and over. */
export const gatewayRate = (name: string, size: number): BenchRow => ({
  name,
  unit: 'requests/s',
  about: `GET /ipfs/:cid of one file of ${size / 1024} KiB, ${CONNECTIONS} kept connections, by wrk where there is one.`,
  prepare: async (contestant) => {
    const uploading = await Connection.open(contestant.api)
    const cid = await addFile(uploading, contestant, randomFile(size, size))
    uploading.close()
    const url = new URL(`/ipfs/${cid}`, contestant.gateway)
    const run = (await hasWrk()) ? runWrk : runOwnLoad
    return async () => {
      const { perSecond, cpuSeconds } = await run(url, CONNECTIONS, SECONDS)
      return { value: perSecond, loadCpuSeconds: cpuSeconds, proof: cid }
    }
  },
})
