import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Account, Session } from '../../acceptance/session.ts'
import { contentKey } from '../content.ts'
import { CLOCK_PRELOAD, FakeClock, findFaketime } from '../fake-clock.ts'
import type { Mode } from '../mode.ts'
import { checkPinTimes } from '../pin-times.ts'
import { Random } from '../random.ts'
import { World } from '../world.ts'

const LIVE_BYTES_WANTED = 80 * 1024 * 1024
const HOUR = 3_600
const DAY = 24 * HOUR
/** A clock without battery, and one that was set to the end of the century. */
const to = (year: number): number => (Date.UTC(year, 0, 2) - Date.now()) / 1_000
/** A jump while nobody looks counts as a day of waiting (ADR 0089): seven of them would be a week. */
const JUMPS_WHILE_DOWN = 5

const drawOffset = (random: Random): number => {
  const kind = random.next()
  if (kind < 0.1) return to(1970)
  if (kind < 0.2) return to(2100)
  if (kind < 0.5) return random.between(-48, 48) * HOUR
  return random.between(-60, 400) * DAY
}

const words = (seconds: number): string =>
  `${new Date(Date.now() + seconds * 1_000).toISOString().slice(0, 16).replace('T', ' ')}`

/** What PostgreSQL cancels by a jump of its clock ends within so long. */
const SETTLED_MS = 5_000

/** PostgreSQL's words, in the platform's log, for what it has cancelled by its clock. */
const CANCELLED = /due to (?:idle-in-transaction|lock|statement) timeout/

/** A moment after a jump everything must work again: the keys of before, signing in, a new key. */
const works = async (world: World): Promise<string | null> => {
  for (const end = performance.now() + SETTLED_MS; ; await sleep(250)) {
    try {
      await new Session(world.platform, world.keys[0] ?? '').listPage()
      const ada = await Account.logIn(world.platform, 'ada@example.org')
      await new Session(world.platform, ada.key).listPage()
      return null
    } catch (error) {
      if (performance.now() > end)
        return `signing in or a key fails: ${error instanceof Error ? error.message : String(error)}`
    }
  }
}

/** The wall clock jumps, hours, days and decades, forwards and backwards. */
export const clock: Mode = {
  name: 'clock',
  variants: ['libfaketime'],
  mounts: false,
  async missing() {
    return (await findFaketime()) === null ? 'libfaketime is not installed (Debian: libfaketime)' : null
  },
  async run({ folder, cycles, seed, fault, tell }) {
    const plan = new Random(seed)
    const turned = new FakeClock(join(folder, 'clock'), (await findFaketime()) ?? '')
    await turned.set(0)
    const dataDir = join(folder, 'data')
    const preloads = [CLOCK_PRELOAD]
    const world = await World.begin({ dataDir, seed, fault, preloads, environment: turned.environment })
    const { ledger, problems } = world
    let kept = new Set<string>()
    let jumpsWhileDown = 0
    let cycle = 0
    try {
      while (cycle < cycles && problems.length === 0) {
        cycle += 1
        let cancelled = 0
        let jumped = false
        // PostgreSQL measures its timeouts by the wall clock: what runs while that jumps ahead is cancelled. It happens between
        // jumps too, when the log says so: its handler of alarms looks at the clock while libfaketime reads the file for
        // another look, and may get the true time, decades from the turned one.
        const expects = (status: number): 'unsure' | undefined => {
          // An upload that is not finished expires by its date.
          if (status === 404 || status === 410) return 'unsure'
          if (status < 500 || (!jumped && !CANCELLED.test(world.platform.output()))) return undefined
          cancelled += 1
          return 'unsure'
        }
        const load = world.load(cycle, { hangUps: false, expects, liveBytesWanted: LIVE_BYTES_WANTED })
        await sleep(plan.between(100, 600))
        const offset = drawOffset(plan)
        jumped = true
        await turned.set(offset)
        // Some collections long, as they run every second here.
        await sleep(plan.between(500, 2_500))
        const broken = await works(world)
        if (broken !== null) problems.push(`cycle ${cycle}, at ${words(offset)}: ${broken}`)
        const kills = plan.chance(0.4)
        let downTo: number | undefined
        if (!kills) await load.rest()
        else {
          await world.platform.kill()
          await load.end()
          if (plan.chance(0.3) && jumpsWhileDown < JUMPS_WHILE_DOWN) {
            jumpsWhileDown += 1
            downTo = drawOffset(plan)
            await turned.set(downTo)
          }
          if (!(await world.restart(cycle))) break
        }
        const { leftovers } = await world.verify(cycle)
        await world.check(cycle, () => checkPinTimes(dataDir, ledger))
        // What somebody has owned meanwhile, and given back, may rightly be gone.
        const owned = new Set(ledger.files.filter(({ cid }) => cid !== undefined).map(contentKey))
        for (const content of kept)
          if (!leftovers.has(content) && !owned.has(content))
            problems.push(`cycle ${cycle}: what nobody owns (${content}) was collected within minutes`)
        kept = leftovers
        tell(
          `cycle ${cycle}: set to ${words(offset)}, ${cancelled} requests cancelled${kills ? ', killed' : ''}${downTo === undefined ? '' : `, started at ${words(downTo)}`}; ` +
            `${world.counts()}, ${leftovers.size} left over in the store`,
        )
      }
    } finally {
      await world.end()
    }
    return world.result(cycle, '')
  },
}
