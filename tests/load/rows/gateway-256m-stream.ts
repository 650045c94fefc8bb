import type { BenchRow } from '../frame/bench-row.ts'
import { addFile } from '../http/add-file.ts'
import { Connection } from '../http/connection.ts'
import { randomFile } from '../http/random-file.ts'

const MB = 1_000_000
const SIZE = 256 * 1024 * 1024
const CLIENTS = 4
const READS = 2

export const gateway256mStream: BenchRow = {
  name: 'gateway-256m-stream',
  unit: 'MB/s',
  about: `GET /ipfs/:cid of one file of 256 MiB, ${CLIENTS} clients at once, ${READS} times each; the bytes are counted.`,
  isOfPlainFiles: true,
  prepare: async (contestant) => {
    const uploading = await Connection.open(contestant.api)
    const cid = await addFile(uploading, contestant, randomFile(SIZE, SIZE))
    uploading.close()
    const client = async (): Promise<void> => {
      const connection = await Connection.open(contestant.gateway)
      const head = connection.head('GET', `/ipfs/${cid}`, {})
      for (let read = 0; read < READS; read++) {
        const { status, bodyBytes } = await connection.request([head])
        if (status !== 200 || bodyBytes !== SIZE) throw new Error(`${cid}: status ${status}, ${bodyBytes} bytes`)
      }
      connection.close()
    }
    return async () => {
      const start = performance.now()
      await Promise.all(Array.from({ length: CLIENTS }, client))
      return { value: (CLIENTS * READS * SIZE) / MB / ((performance.now() - start) / 1000), proof: cid }
    }
  },
}
