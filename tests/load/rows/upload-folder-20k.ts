import type { BenchRow } from '../frame/bench-row.ts'
import { Connection } from '../http/connection.ts'

const FILES = 20_000

export const uploadFolder20k: BenchRow = {
  name: 'upload-folder-20k',
  unit: 'files/s',
  about: `One folder of ${FILES} different tiny files in one request, until the durable answer. New bytes in each round.`,
  prepare: async (contestant) => async (round) => {
    const { path, headers, part, after } = contestant.addFolderRequest
    const pieces: Buffer[] = []
    for (let n = 0; n < FILES; n++)
      pieces.push(part(`folder/${n}.txt`), Buffer.from(`tiny file ${n} of round ${round}\n`.repeat(1 + (n % 8))))
    const body = Buffer.concat([...pieces, after])
    const connection = await Connection.open(contestant.api)
    const start = performance.now()
    const head = connection.head('POST', path, { ...headers, 'content-length': body.length })
    const answer = await connection.request([head, body])
    const seconds = (performance.now() - start) / 1000
    connection.close()
    return { value: FILES / seconds, proof: contestant.readCid(answer.status, answer.body) }
  },
}
