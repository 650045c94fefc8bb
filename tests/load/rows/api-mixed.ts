import type { Contestant } from '../contestants/contestant.ts'
import type { BenchRow } from '../frame/bench-row.ts'
import { addFile } from '../http/add-file.ts'
import { Connection } from '../http/connection.ts'
import { randomFile } from '../http/random-file.ts'

const FILES = 200
const CONNECTIONS = 32
const SECONDS = 5
const PAGE = 20
/** What a dashboard and a program beside it ask for, of a hundred requests. */
const MIX: [weight: number, path: (cid: string) => string][] = [
  [40, (cid) => `/api/v1/files/${cid}`],
  [20, () => `/api/v1/files?limit=${PAGE}`],
  [15, () => `/api/v1/pins?limit=${PAGE}`],
  [20, (cid) => `/api/v1/pins/${cid}/status`],
  [5, () => '/api/v1/auth/me'],
]
const LIMIT_MS = 50

/** Reads by API key with everything on that users have by default: limits, metering, the audit trail. */
export const apiMixed: BenchRow = {
  name: 'api-mixed',
  unit: 'requests/s',
  about: `Authenticated reads from ${CONNECTIONS} kept connections: a file, lists, pins and their status, who am I. p95 has to be below ${LIMIT_MS} ms.`,
  only: 'holdfast',
  prepare: async (contestant) => {
    const cids = await fill(contestant)
    return async () => {
      const waits: number[] = []
      const start = performance.now()
      const clients = Array.from({ length: CONNECTIONS }, (_, index) =>
        client(contestant, { cids, turn: index * 37, until: start + SECONDS * 1000, waits }),
      )
      await Promise.all(clients)
      const seconds = (performance.now() - start) / 1000
      console.log(`  ${tell(waits)}`)
      return { value: waits.length / seconds }
    }
  },
}

const fill = async (contestant: Contestant): Promise<string[]> => {
  const connection = await Connection.open(contestant.api)
  const cids: string[] = []
  for (let index = 0; index < FILES; index++)
    cids.push(await addFile(connection, contestant, randomFile(1024, 31_000 + index)))
  connection.close()
  return cids
}

type Client = { cids: readonly string[]; turn: number; until: number; waits: number[] }

const client = async (contestant: Contestant, { cids, turn: from, until, waits }: Client): Promise<void> => {
  const connection = await Connection.open(contestant.api)
  const { authorization = '' } = contestant.addRequest.headers
  const pathOf = MIX.flatMap(([weight, path]) => Array.from({ length: weight }, () => path))
  // 61 has no divisor in common with 100: all kinds of requests come in turn, mixed.
  for (let turn = from; performance.now() < until; turn += 61) {
    const path = pathOf[turn % pathOf.length]?.(cids[turn % cids.length] ?? '') ?? ''
    const start = performance.now()
    const { status, body } = await connection.request([connection.head('GET', path, { authorization })])
    if (status !== 200) throw new Error(`${path} was answered with ${status}: ${body.slice(0, 300)}`)
    waits.push(performance.now() - start)
  }
  connection.close()
}

const tell = (waits: readonly number[]): string => {
  const sorted = waits.toSorted((a, b) => a - b)
  const at = (share: number): string => (sorted[Math.floor((sorted.length - 1) * share)] ?? 0).toFixed(1)
  return `api-mixed: p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, p99 ${at(0.99)} ms`
}
