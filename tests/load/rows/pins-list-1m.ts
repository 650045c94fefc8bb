import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { encodeCursor } from '@apps/api/values/cursor'
import { startEmbeddedPostgres } from '@packages/db/embedded-postgres'
import { silentLogger } from '@packages/runtime/minimal-logger'
import { randomBytes } from 'node:crypto'
import { Client } from 'pg'
import { startHoldfast } from '../contestants/holdfast.ts'
import type { BenchRow } from '../frame/bench-row.ts'
import { percentile } from '../frame/percentile.ts'
import { sizeOf } from '../frame/size-of.ts'
import { addFile } from '../http/add-file.ts'
import { Connection } from '../http/connection.ts'
import { explainLists } from './pins-list-plans.ts'
import { type ListedPins, seedPins } from './seed-pins.ts'

const PINS = sizeOf('BENCH_PINS', 1_000_000)
const SECONDS = sizeOf('BENCH_SECONDS', 3)
/** What they are pins of: real files, so that the platform finds held what the rows say is held. */
const FILES = Math.max(10, Math.round(PINS / 500))
const CLIENTS = 8
const MORE_CLIENTS = 32
const LIMIT_MS = 20

/** How to end what was started, the last first. */
const started: (() => Promise<void>)[] = []

type Platform = Awaited<ReturnType<typeof startHoldfast>>

/**
 * Lists over a million pins of one organization, by both APIs, each by itself. IPFS Cluster 1.1.6 needs 360 ms for its own list at 20,000 pins, growing with
 * them. A platform of its own, on a PostgreSQL of its own that is filled by SQL.
 */
export const pinsList1m: BenchRow = {
  name: 'pins-list-1m',
  unit: `× within ${LIMIT_MS} ms`,
  about: `${PINS.toLocaleString('en')} pins: first page, deep page, part of a name, meta; ${LIMIT_MS} ms divided by the worst p95 at ${CLIENTS} connections: has to be above 1.`,
  only: 'holdfast',
  prepare: async () => {
    const directory = await mkdtemp(path.join(tmpdir(), 'hf-list-'))
    started.push(() => rm(directory, { recursive: true, force: true, maxRetries: 5 }))
    const postgres = await startEmbeddedPostgres({ dataDir: path.join(directory, 'pg'), logger: silentLogger })
    started.push(() => postgres.stop())
    const { host, user, password = '', database } = postgres.connection
    const url = `postgres://${user}:${password}@localhost/${database}?host=${encodeURIComponent(host)}`
    const platform = await startHoldfast(directory, null, { DATABASE_URL: url })
    started.push(() => platform.stop())
    const client = new Client(postgres.connection)
    await client.connect()
    await upload(platform)
    const listed = await seedPins(client, PINS)
    for (const fact of await explainLists(client, listed)) console.log(`  ${fact}`)
    await client.end()
    return async () => ({ value: LIMIT_MS / (await worst(platform, listed)) })
  },
  close: async () => {
    for (let end = started.pop(); end !== undefined; end = started.pop()) await end()
  },
}

const upload = async (platform: Platform): Promise<void> => {
  let left = FILES
  const client = async (): Promise<void> => {
    const connection = await Connection.open(platform.api)
    while (left-- > 0) await addFile(connection, platform, [randomBytes(64)])
    connection.close()
  }
  await Promise.all(Array.from({ length: 16 }, client))
}

const listsOf = ({ middle, middleId }: ListedPins): Record<string, string> => ({
  'psa first page': '/psa/pins',
  'psa first page, 1,000 items': '/psa/pins?limit=1000',
  'psa deep page': `/psa/pins?before=${middle}`,
  'psa name, a rare part': `/psa/pins?match=partial&name=${encodeURIComponent('le 12345')}`,
  'psa name, a part of many': '/psa/pins?match=ipartial&name=FILE',
  'psa meta, a few': `/psa/pins?meta=${encodeURIComponent('{"app":"a7"}')}`,
  'psa meta, all': `/psa/pins?meta=${encodeURIComponent('{"of":"all"}')}`,
  'api first page': '/api/v1/pins',
  'api deep page': `/api/v1/pins?cursor=${encodeCursor(middleId, {})}`,
  'api a status': '/api/v1/pins?status=queued',
  'api a name': `/api/v1/pins?name=${encodeURIComponent('File 12345')}`,
})

/** The worst p95 of all lists at 8 connections; 32 are told. */
const worst = async (platform: Platform, listed: ListedPins): Promise<number> => {
  const worsts: number[] = []
  for (const [name, list] of Object.entries(listsOf(listed))) {
    const few = await waitsFor(platform, list, CLIENTS)
    const many = await waitsFor(platform, list, MORE_CLIENTS)
    // A page of a thousand is told, and is no page that anybody waits for.
    if (!list.includes('limit=1000')) worsts.push(percentile(few, 0.95))
    console.log(`  ${name}: ${CLIENTS} connections ${told(few)}; ${MORE_CLIENTS}: ${told(many)}`)
  }
  return Math.max(...worsts)
}

const told = (waits: readonly number[]): string =>
  `p50 ${percentile(waits, 0.5).toFixed(1)} ms, p95 ${percentile(waits, 0.95).toFixed(1)} ms, ${Math.round(waits.length / SECONDS)}/s`

const waitsFor = async (platform: Platform, list: string, clients: number): Promise<number[]> => {
  const waits: number[] = []
  const until = performance.now() + SECONDS * 1000
  const { authorization = '' } = platform.addRequest.headers
  const client = async (): Promise<void> => {
    const connection = await Connection.open(platform.api)
    while (performance.now() < until) {
      const asked = performance.now()
      const { status, body } = await connection.request([connection.head('GET', list, { authorization })])
      if (status !== 200) throw new Error(`${list} was answered with ${status}: ${body.slice(0, 300)}`)
      waits.push(performance.now() - asked)
    }
    connection.close()
  }
  await Promise.all(Array.from({ length: clients }, client))
  return waits
}
