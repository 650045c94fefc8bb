import type { BenchRow } from '../frame/bench-row.ts'
import { addFile } from '../http/add-file.ts'
import { Connection } from '../http/connection.ts'
import { randomFile } from '../http/random-file.ts'

const MiB = 1024 * 1024
const SIZE = 1024 * MiB
const REPEATS = 4

export const cidDryRun: BenchRow = {
  name: 'cid-dry-run',
  unit: 'MiB/s',
  about: 'The CID of one file of 1 GiB over HTTP, nothing stored.',
  prepare: async (contestant) => {
    const pieces = randomFile(SIZE / REPEATS, 1024)
    const file = Array.from({ length: REPEATS }, () => pieces).flat()
    return async () => {
      const connection = await Connection.open(contestant.api)
      const start = performance.now()
      const cid = await addFile(connection, { ...contestant, addRequest: contestant.dryRunRequest }, file)
      const seconds = (performance.now() - start) / 1000
      connection.close()
      return { value: SIZE / MiB / seconds, proof: cid }
    }
  },
}
