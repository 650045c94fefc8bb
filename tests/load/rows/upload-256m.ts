import type { BenchRow } from '../frame/bench-row.ts'
import { addFile } from '../http/add-file.ts'
import { Connection } from '../http/connection.ts'
import { randomFile, remark } from '../http/random-file.ts'

const MiB = 1024 * 1024
const SIZE = 256 * MiB

export const upload256m: BenchRow = {
  name: 'upload-256m',
  unit: 'MiB/s',
  about: 'One file of 256 MiB over HTTP, until the durable answer. New bytes in each round.',
  prepare: async (contestant) => {
    const pieces = randomFile(SIZE, 256)
    return async (round) => {
      const file = remark(pieces, round)
      const connection = await Connection.open(contestant.api)
      const start = performance.now()
      const cid = await addFile(connection, contestant, file)
      const seconds = (performance.now() - start) / 1000
      connection.close()
      return { value: SIZE / MiB / seconds, proof: cid }
    }
  },
}
