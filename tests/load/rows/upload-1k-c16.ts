import { randomBytes } from 'node:crypto'
import type { BenchRow } from '../frame/bench-row.ts'
import { addFile } from '../http/add-file.ts'
import { Connection } from '../http/connection.ts'

const CLIENTS = 16
const SECONDS = 4

export const upload1kC16: BenchRow = {
  name: 'upload-1k-c16',
  unit: 'uploads/s',
  about: `Different files of 1 KiB from ${CLIENTS} kept connections, each until its durable answer.`,
  prepare: async (contestant) => async () => {
    const connections = await Promise.all(Array.from({ length: CLIENTS }, () => Connection.open(contestant.api)))
    const start = performance.now()
    let answered = 0
    const client = async (connection: Connection): Promise<void> => {
      while (performance.now() - start < SECONDS * 1000) {
        await addFile(connection, contestant, [randomBytes(1024)])
        answered++
      }
      connection.close()
    }
    await Promise.all(connections.map(client))
    return { value: answered / ((performance.now() - start) / 1000) }
  },
}
