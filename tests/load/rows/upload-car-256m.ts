import type { BenchRow } from '../frame/bench-row.ts'
import { addFile } from '../http/add-file.ts'
import { carOfFile } from '../http/car-of-file.ts'
import { Connection } from '../http/connection.ts'
import { randomFile, remark } from '../http/random-file.ts'

const MiB = 1024 * 1024
const SIZE = 256 * MiB

export const uploadCar256m: BenchRow = {
  name: 'upload-car-256m',
  unit: 'MiB/s',
  about: 'A CAR of 256 MiB in blocks of 1 MiB, each verified, until the durable answer. New blocks in each round.',
  prepare: async (contestant) => {
    const pieces = randomFile(SIZE, 512)
    return async (round) => {
      const { root, car } = carOfFile([...remark(pieces, round)])
      const connection = await Connection.open(contestant.api)
      const start = performance.now()
      const cid = await addFile(connection, contestant, car, contestant.importCarRequest)
      const seconds = (performance.now() - start) / 1000
      connection.close()
      if (cid !== root) throw new Error(`${contestant.name} names another root: ${cid}`)
      return { value: SIZE / MiB / seconds, proof: cid }
    }
  },
}
