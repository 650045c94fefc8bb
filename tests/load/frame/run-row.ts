import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Contestant } from '../contestants/contestant.ts'
import type { BenchRow, Sample, Trial } from './bench-row.ts'
import { ownCpuSeconds, treeCpuSeconds } from './cpu-time.ts'
import { median } from './median.ts'

const run = promisify(execFile)

/** Medians over the rounds of one contestant; CPU in cores, over the whole trial. */
export type Result = { contestant: string; value: number; loadCores: number; serverCores: number; values: number[] }

type Entry = { contestant: Contestant; trial: Trial; values: number[]; loadCores: number[]; serverCores: number[] }

/**
 * Runs `rounds` rounds of a row, all contestants in each, in an order that turns from round to round; before them one of
 * warming up that does not count.
 * @throws Error when contestants of one round disagree about the proof: they did not do the same work
 */
export const runRow = async (
  row: BenchRow,
  contestants: readonly Contestant[],
  rounds: number,
  tell: (text: string) => void,
): Promise<Result[]> => {
  const entries: Entry[] = []
  for (const contestant of contestants)
    entries.push({ contestant, trial: await row.prepare(contestant), values: [], loadCores: [], serverCores: [] })
  for (let round = 0; round <= rounds; round++) {
    const order = round % 2 === 0 ? entries : entries.toReversed()
    const proofs = new Set<string | undefined>()
    for (const entry of order) {
      const sample = await measure(entry, round)
      // A plain web server has files and no folders: the bytes are counted all the same.
      if (sample.proof !== '') proofs.add(sample.proof)
      const label = round === 0 ? 'warm-up' : `round ${round}`
      tell(`${row.name} ${label} ${entry.contestant.name} ${sample.value.toFixed(1)} ${row.unit}`)
    }
    if (proofs.size > 1) throw new Error(`${row.name}: not the same work: ${[...proofs].join(' and ')}`)
  }
  return entries.map(({ contestant, values, loadCores, serverCores }) => ({
    contestant: contestant.name,
    value: median(values),
    loadCores: median(loadCores),
    serverCores: median(serverCores),
    values,
  }))
}

const measure = async (entry: Entry, round: number): Promise<Sample> => {
  // What the others have written must not be on its way to the disk while this one is measured.
  await run('sync')
  const server = await treeCpuSeconds(entry.contestant.pid)
  const own = ownCpuSeconds()
  const start = performance.now()
  const sample = await entry.trial(round)
  const seconds = (performance.now() - start) / 1000
  if (round === 0) return sample
  entry.values.push(sample.value)
  entry.loadCores.push((ownCpuSeconds() - own + (sample.loadCpuSeconds ?? 0)) / seconds)
  entry.serverCores.push(((await treeCpuSeconds(entry.contestant.pid)) - server) / seconds)
  return sample
}
