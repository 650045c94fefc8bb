import { parseArgs } from 'node:util'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type SpawnedPlatform, spawnPlatform } from '@packages/testkit/spawn-platform'
import { setUp } from '../acceptance/session.ts'
import { runLane } from './client-lane.ts'
import { FAULTS, withFault } from './faults.ts'
import { Ledger } from './ledger.ts'
import { Random } from './random.ts'
import { verify } from './verify.ts'

/**
 * `npm run chaos`: kills the whole process group with -9 at random points under mixed uploads and deletes, starts it again,
 * and reads back everything that was ever acknowledged. `--fault NAME` plants a fault that the run has to find.
 */

const { values } = parseArgs({
  options: {
    cycles: { type: 'string', default: '60' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
    fault: { type: 'string' },
  },
})
const cycles = Number(values.cycles)
const seed = Number(values.seed)
const { fault } = values
if (!Number.isSafeInteger(cycles) || cycles < 1 || !Number.isSafeInteger(seed))
  throw new Error('--cycles and --seed are whole numbers')
if (fault !== undefined && !FAULTS.includes(fault)) throw new Error(`--fault is one of ${FAULTS.join(', ')}`)

const LANES_PER_OWNER = 3
const dataDir = await mkdtemp(join(tmpdir(), 'holdfast-chaos-'))
const plan = new Random(seed)
const ledger = new Ledger()
const problems: string[] = []
let names = 0
let slowestStart = 0

const start = async (): Promise<SpawnedPlatform> => {
  const options = { dataDir, environment: { RATE_LIMIT_LOGIN: '0', LOG_LEVEL: 'warn' } }
  const platform = await spawnPlatform(fault === undefined ? options : withFault(fault, options))
  slowestStart = Math.max(slowestStart, platform.readyAfterMs)
  return platform
}

/** Kills a start before it is ready, at a random point of recovery. */
const killWhileStarting = async (afterMs: number): Promise<void> => {
  const starting = spawnPlatform({ dataDir, environment: { LOG_LEVEL: 'warn' }, readyMs: afterMs })
  await starting.then(
    (platform) => platform.kill(),
    () => undefined,
  )
}

console.log(`chaos: ${cycles} cycles, seed ${seed}${fault === undefined ? '' : `, planted fault ${fault}`}`)
let platform = await start()
const ada = await setUp(platform)
const keys = [ada.key, (await ada.createUser('grace@example.org', 'Grace')).key]
try {
  for (let cycle = 1; cycle <= cycles && problems.length === 0; cycle++) {
    const { apiUrl, gatewayUrl } = platform
    const killed = new AbortController()
    const lanes = keys.flatMap((key, owner) =>
      Array.from({ length: LANES_PER_OWNER }, (_, lane) =>
        runLane({
          apiUrl,
          gatewayUrl,
          owner,
          key,
          ledger,
          random: new Random(seed, cycle, owner, lane),
          nextName: () => `file-${++names}`,
          killed: killed.signal,
          onProblem: (problem) => problems.push(`cycle ${cycle}, before the kill: ${problem}`),
        }),
      ),
    )
    const killAfterMs = plan.between(20, 2_500)
    await sleep(killAfterMs)
    await platform.kill()
    killed.abort()
    await Promise.all(lanes)
    ledger.connectionsLost()
    if (plan.chance(0.15)) await killWhileStarting(plan.between(50, 1_200))
    const doubts = ledger.in('in doubt').length
    platform = await start()
    const found = await verify({ ...platform, keys, ledger })
    problems.push(...found.problems.map((problem) => `cycle ${cycle}: ${problem}`))
    const there = ledger.in('there').length
    console.log(
      `cycle ${cycle}: killed after ${killAfterMs} ms, ready again after ${Math.round(platform.readyAfterMs)} ms; ` +
        `${there} files there, ${ledger.in('gone').length} gone, ${doubts} had been in doubt, ${found.leftovers} left over in the store`,
    )
  }
} finally {
  await platform.kill()
  await rm(dataDir, { recursive: true, force: true, maxRetries: 5 })
}

for (const problem of problems.slice(0, 50)) console.error(problem)
const words = `${ledger.files.length} uploads tried, ${ledger.in('there').length} there at the end, slowest start ${Math.round(slowestStart)} ms`
console.log(
  problems.length === 0
    ? `chaos: nothing lost, nothing half-written (${words})`
    : `chaos: ${problems.length} problems with seed ${seed} (${words})`,
)
process.exitCode = problems.length === 0 ? 0 : 1
