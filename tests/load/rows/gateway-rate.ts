import type { Contestant } from '../contestants/contestant.ts'
import type { BenchRow } from '../frame/bench-row.ts'
import { addFile } from '../http/add-file.ts'
import { Connection } from '../http/connection.ts'
import { runLoad } from '../http/load.ts'
import type { LoadTarget } from '../http/load-target.ts'
import { randomFile } from '../http/random-file.ts'

const CONNECTIONS = 32
const SECONDS = 3

/** What is read of a contestant's gateway, and the CID by which the work is the same. */
export type Reading = Pick<LoadTarget, 'url' | 'headers'> & { proof: string }

/** A row that reads one address of the gateway over and over, by kept connections. `about` says which. */
export const gatewayRateOf = (
  name: string,
  about: string,
  put: (contestant: Contestant) => Promise<Reading>,
  traits: Pick<BenchRow, 'isOfPlainFiles'> = {},
): BenchRow => ({
  name,
  ...traits,
  unit: 'requests/s',
  about: `${about}, ${CONNECTIONS} kept connections, by wrk where there is one.`,
  prepare: async (contestant) => {
    const { proof, ...target } = await put(contestant)
    return async () => {
      const { perSecond, cpuSeconds } = await runLoad({ ...target, connections: CONNECTIONS, seconds: SECONDS })
      return { value: perSecond, loadCpuSeconds: cpuSeconds, proof }
    }
  },
})

/** Adds one file of `size` bytes, the same at each contestant. @returns its CID */
export const addFileOf = async (contestant: Contestant, size: number): Promise<string> => {
  const uploading = await Connection.open(contestant.api)
  const cid = await addFile(uploading, contestant, randomFile(size, size))
  uploading.close()
  return cid
}

/** The same for one file of `size` bytes by its CID. */
export const gatewayRate = (name: string, size: number): BenchRow =>
  gatewayRateOf(
    name,
    `GET /ipfs/:cid of one file of ${size / 1024} KiB`,
    async (contestant) => {
      const proof = await addFileOf(contestant, size)
      return { url: new URL(`/ipfs/${proof}`, contestant.gateway), proof }
    },
    { isOfPlainFiles: true },
  )
