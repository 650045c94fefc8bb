import { randomBytes } from 'node:crypto'
import type { BenchRow } from '../frame/bench-row.ts'
import { sizeOf } from '../frame/size-of.ts'
import { Connection } from '../http/connection.ts'

const LINES = sizeOf('BENCH_LINES', 100_000)

/** One body of as many lines as one may have, each a pin of a CID that nobody has, with a name; until the summary. */
export const pinsBulk: BenchRow = {
  name: 'pins-bulk',
  unit: 'lines/s',
  about: `${LINES.toLocaleString('en')} lines of NDJSON by one request, each pinned by a durable row of its own. Has to be 20,000 or more.`,
  only: 'holdfast',
  prepare: async (contestant) => async () => {
    const body = Buffer.from(Array.from({ length: LINES }, (_, n) => lineOf(n)).join(''))
    const connection = await Connection.open(contestant.api)
    const headers = {
      authorization: contestant.addRequest.headers.authorization ?? '',
      'content-type': 'application/x-ndjson',
      'content-length': body.length,
    }
    const start = performance.now()
    const answer = await connection.request([connection.head('POST', '/api/v1/pins/bulk', headers), body])
    const seconds = (performance.now() - start) / 1000
    connection.close()
    const summary = JSON.stringify({ summary: { lines: LINES, done: LINES, refused: 0 } })
    if (answer.status !== 200 || !answer.body.includes(summary))
      throw new Error(`${answer.status}: ${answer.body.slice(-500)}`)
    return { value: LINES / seconds }
  },
}

const lineOf = (n: number): string =>
  `${JSON.stringify({ cid: `f01551220${randomBytes(32).toString('hex')}`, name: `file ${n}` })}\n`
