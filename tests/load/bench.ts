import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { availableParallelism, cpus, tmpdir, totalmem } from 'node:os'
import path from 'node:path'
import { kuboVersion } from '@packages/testkit/kubo-node'
import type { Contestant } from './contestants/contestant.ts'
import type { BenchRow } from './frame/bench-row.ts'
import { startHoldfast } from './contestants/holdfast.ts'
import { startKubo } from './contestants/kubo.ts'
import { nginxVersion, startNginx } from './contestants/nginx.ts'
import { readOptions, USAGE } from './frame/options.ts'
import { PLAIN_SERVER, type ReportRow, tableHead, tableLine, toReportRow } from './frame/report.ts'
import { type Result, runRow } from './frame/run-row.ts'
import { workerMemory } from './frame/worker-memory.ts'
import { ALL_ROWS } from './rows/all-rows.ts'

const tell = (text: string): void => void process.stderr.write(`${text}\n`)

const readOptionsOrLeave = () => {
  try {
    return readOptions(process.argv.slice(2), ALL_ROWS)
  } catch (error) {
    tell(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`)
    return process.exit(2)
  }
}

const describeMachine = (contestants: readonly Contestant[]): string => {
  const [cpu] = cpus()
  const servers = contestants.map(({ name, version }) => `${name} ${version}`).join(', ')
  const memory = Math.round(totalmem() / 2 ** 30)
  return `${availableParallelism()} cores (${cpu?.model ?? 'unknown'}), ${memory} GiB, Node ${process.version}; ${servers}.`
}

const options = readOptionsOrLeave()
const directory = await mkdtemp(path.join(tmpdir(), 'holdfast-bench-'))
const contestants: Contestant[] = []
let running: BenchRow | undefined
let cleaning: Promise<void> | undefined
const cleanUp = (): Promise<void> => {
  cleaning ??= (async () => {
    await running?.close?.()
    await Promise.all(contestants.map((contestant) => contestant.stop()))
    await rm(directory, { recursive: true, force: true, maxRetries: 5 })
  })()
  return cleaning
}
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void cleanUp().then(() => process.exit(130)))

try {
  contestants.push(await startHoldfast(directory, options.cpuProfiles))
  if (options.peer && (await kuboVersion()) !== null) contestants.push(await startKubo(directory))
  else tell('No Kubo: `ipfs` is not on the PATH, or --no-peer was given.')
  if (options.peer && (await nginxVersion()) !== null) contestants.push(await startNginx(directory))
  else tell('No plain web server: `nginx` is not on the PATH, or --no-peer was given.')

  const done: { report: ReportRow; results: Result[] }[] = []
  for (const row of options.rows) {
    tell(`${row.name}: ${row.about}`)
    const taking = contestants.filter(({ name }) => {
      if (name === PLAIN_SERVER) return row.isOfPlainFiles === true
      return row.only === undefined || row.only === name
    })
    running = row
    const results = await runRow(row, taking, options.rounds, tell)
    running = undefined
    await row.close?.()
    done.push({ report: toReportRow(row, results, options.rounds), results })
  }
  console.log(`\n${describeMachine(contestants)}`)
  console.log(`Medians of ${options.rounds} interleaved rounds; CPU in cores; the load program shares them.\n`)
  const [ours] = contestants
  for (const { now, peak } of ours === undefined ? [] : await workerMemory(ours.pid))
    console.log(
      `A gateway worker has ${now.toFixed(0)} MiB of memory after all rows, and had ${peak.toFixed(0)} at most.\n`,
    )
  console.log([tableHead(), ...done.map(({ report, results }) => tableLine(report, results))].join('\n'))
  if (options.json !== null)
    await writeFile(options.json, `${JSON.stringify({ rows: done.map(({ report }) => report) }, null, 2)}\n`)
} finally {
  await cleanUp()
}
