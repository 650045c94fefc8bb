import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Contestant } from '../contestants/contestant.ts'
import { startHoldfast } from '../contestants/holdfast.ts'
import type { BenchRow } from '../frame/bench-row.ts'
import { addFile } from '../http/add-file.ts'
import { Connection } from '../http/connection.ts'

/** What is uploaded, and how much of it stays. */
const LARGE = { count: 2_400, bytes: 200 * 1024 }
const SMALL = { count: 8_000, bytes: 1024 }
const KEEP_EVERY = 10
const CLIENTS = 4
/** So long is measured without a compaction first; the pass begins behind it. */
const QUIET_SECONDS = 15
const LIMIT_MS = 50

type Wait = { at: number; ms: number }

/**
 * What readers and uploaders wait for while a pass of compaction runs with the default settings, against the same store a moment before. A platform of
 * its own: filled and emptied with compaction off, then started again with a pass that is due soon.
 */
export const compactionLatency: BenchRow = {
  name: 'compaction-latency',
  unit: '× within 50 ms',
  about: `p99.9 of GETs by CID and of uploads of 1 KiB with a compaction and without: ${LIMIT_MS} ms divided by what it adds, the worse of the two.`,
  only: 'holdfast',
  prepare: async () => async () => {
    const directory = await mkdtemp(path.join(tmpdir(), 'holdfast-compaction-'))
    try {
      const kept = await fillAndEmpty(directory)
      return { value: LIMIT_MS / (await measure(directory, kept)) }
    } finally {
      await rm(directory, { recursive: true, force: true, maxRetries: 5 })
    }
  },
}

const fillAndEmpty = async (directory: string): Promise<string[]> => {
  const contestant = await startHoldfast(directory, null, { COMPACT_BYTES_PER_SECOND: '0' })
  try {
    const sizes = [LARGE, SMALL].flatMap(({ count, bytes }) => Array.from({ length: count }, () => bytes))
    const cids = await inParallel(contestant, sizes, (connection, size) =>
      addFile(connection, contestant, [randomBytes(size)]),
    )
    const dead = cids.filter((_, i) => i % KEEP_EVERY > 0)
    const { authorization = '' } = contestant.addRequest.headers
    await inParallel(contestant, dead, async (connection, cid) => {
      const head = connection.head('DELETE', `/api/v1/files/${cid}`, { authorization, 'content-length': 0 })
      const { status } = await connection.request([head])
      if (status >= 300) throw new Error(`a deletion was answered with ${status}`)
    })
    // Releases are jobs.
    await sleep(5_000)
    return cids.filter((_, i) => i % KEEP_EVERY === 0)
  } finally {
    await contestant.stop()
  }
}

const inParallel = async <I, O>(
  contestant: Contestant,
  items: readonly I[],
  action: (connection: Connection, item: I) => Promise<O>,
): Promise<O[]> => {
  const results: O[] = []
  let next = 0
  const client = async (): Promise<void> => {
    const connection = await Connection.open(contestant.api)
    for (let i = next++; i < items.length; i = next++) results[i] = await action(connection, items[i] as I)
    connection.close()
  }
  await Promise.all(Array.from({ length: CLIENTS }, client))
  return results
}

/** @returns how much the pass adds to p99.9, the worse of the two, in milliseconds: what a disk makes uploads wait for anyway is in both */
const measure = async (directory: string, kept: readonly string[]): Promise<number> => {
  const contestant = await startHoldfast(directory, null, { COMPACT_EVERY: `${QUIET_SECONDS}s` })
  try {
    const [reads, uploads]: [Wait[], Wait[]] = [[], []]
    const over = new AbortController()
    const again = async (url: URL, waits: Wait[], action: (connection: Connection) => Promise<unknown>) => {
      const connection = await Connection.open(url)
      while (!over.signal.aborted) {
        const at = Date.now()
        const start = performance.now()
        await action(connection)
        waits.push({ at, ms: performance.now() - start })
      }
      connection.close()
    }
    const read = async (connection: Connection): Promise<void> => {
      const cid = kept[Math.floor(Math.random() * kept.length)]
      const { status } = await connection.request([connection.head('GET', `/ipfs/${cid}`, {})])
      if (status !== 200) throw new Error(`a read was answered with ${status}`)
    }
    const upload = (connection: Connection) => addFile(connection, contestant, [randomBytes(1024)])
    const clients = [
      again(contestant.gateway, reads, read),
      again(contestant.api, uploads, upload),
      again(contestant.api, uploads, upload),
    ]
    const pass = await untilCompacted(contestant)
    over.abort()
    await Promise.all(clients)
    return tell({ reads, uploads }, pass)
  } finally {
    await contestant.stop()
  }
}

type Pass = { from: number; to: number; freedBytes: number }

const untilCompacted = async (contestant: { log: () => Promise<string> }): Promise<Pass> => {
  for (let tries = 0; tries < 240; tries++) {
    const line = (await contestant.log()).split('\n').find((each) => each.includes('the content store was compacted'))
    if (line !== undefined) {
      const { time, milliseconds, freedBytes } = JSON.parse(line)
      const to = new Date(time).getTime()
      return { from: to - Number(milliseconds), to, freedBytes: Number(freedBytes) }
    }
    await sleep(500)
  }
  throw new Error('no compaction ended in two minutes')
}

const p999 = (waits: readonly Wait[]): number => {
  const sorted = waits.map(({ ms }) => ms).sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * 0.999))] ?? 0
}

const tell = (waits: { reads: Wait[]; uploads: Wait[] }, { from, to, freedBytes }: Pass): number => {
  const mebibytes = (freedBytes / 2 ** 20).toFixed(0)
  console.log(`compaction-latency: a pass of ${((to - from) / 1000).toFixed(1)} s freed ${mebibytes} MiB`)
  const added = Object.entries(waits).map(([kind, all]) => {
    const without = all.filter(({ at, ms }) => at + ms < from && at > from - (QUIET_SECONDS - 3) * 1000)
    const meanwhile = all.filter(({ at, ms }) => at + ms >= from && at <= to)
    const [calm, busy] = [p999(without), p999(meanwhile)]
    const counts = `${without.length} and ${meanwhile.length} requests`
    console.log(`  ${kind}: p99.9 ${calm.toFixed(1)} ms without, ${busy.toFixed(1)} ms with (${counts})`)
    return busy - calm
  })
  return Math.max(1, ...added)
}
