import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { type Flip, flipIndex, flipSegments, type Place, undo } from '../disks/bit-flips.ts'
import type { LedgerFile } from '../ledger.ts'
import type { Mode } from '../mode.ts'
import { Peer } from '../peer.ts'
import { Random } from '../random.ts'
import { askGateway, inLanes } from '../verify.ts'
import { World } from '../world.ts'

/** After so long a process hashes again what it has hashed (ADR 0063). */
const BELIEVED_MS = 5_000
const MIB = 1024 * 1024
const LIVE_BYTES_WANTED = 60 * MIB
/** How soon what a reader has met must be told. */
const REPORTED_MS = 5_000
/** How soon content that a peer has too must be whole again: at once, or by the next try, a minute later, when the peer could not be asked. */
const HEALED_MS = 150_000
const PLACES: readonly Place[] = ['anywhere', 'anywhere', 'anywhere', 'last records', 'title']

/** What the log says of damage: of a block that was read or is missing, of an index that was no use, of content that is not whole. */
const REPORT =
  /damage|rebuilt from the segments|no marker speaks for|not in the store any more|is not held any more|not whole/

const rebuildIndex = async (dataDir: string): Promise<void> => {
  const command = 'apps/platform/src/commands/store-rebuild-index.ts'
  // Its exit code tells of roots that are not whole; there are none here, and the look afterwards would find them.
  await promisify(execFile)(process.execPath, [command], { env: { PATH: process.env.PATH, DATA_DIR: dataDir } })
}

type Look = { whole: number; damaged: LedgerFile[]; wrong: string[] }

/** Reads every acknowledged file, twice: what was served once may be kept somewhere. */
const lookAtAll = async (world: World): Promise<Look> => {
  const look: Look = { whole: 0, damaged: [], wrong: [] }
  await inLanes(world.ledger.in('there'), 4, async (file) => {
    for (let time = 0; time < 2; time++) {
      const served = await askGateway(world.platform.gatewayUrl, file).catch(() => ({ kind: 'error', detail: '' }))
      if (served.kind === 'wrong') look.wrong.push(`${file.name}: ${served.detail}`)
      else if (served.kind === 'whole') look.whole += 1
      else if (!look.damaged.includes(file)) look.damaged.push(file)
    }
  })
  return look
}

const until = async (limitMs: number, isTrue: () => Promise<boolean> | boolean): Promise<boolean> => {
  for (const end = performance.now() + limitMs; performance.now() < end; await sleep(100))
    if (await isTrue()) return true
  return false
}

/** Bits flip in segments and in the index, while the platform is stopped and while it runs. */
export const bitFlip: Mode = {
  name: 'bit-flip',
  variants: ['segments, stopped', 'segments, running', 'index, stopped'],
  mounts: false,
  async run({ folder, cycles, seed, variant, fault, tell }) {
    const plan = new Random(seed)
    const dataDir = join(folder, 'data')
    const store = join(dataDir, 'store')
    const peer = await Peer.start(folder)
    const environment = { HEAL_GATEWAYS: peer.gatewayUrl }
    const world = await World.begin({ dataDir, seed, fault, environment })
    const { ledger, problems } = world
    const counts = { flips: 0, damaged: 0, healed: 0 }
    let cycle = 0

    /** @returns what was flipped, the platform running again */
    const flip = async (): Promise<Flip[]> => {
      if (variant === 'segments, running') {
        // What every process has just hashed flips, and is looked at when it is not believed any more (ADR 0063).
        await lookAtAll(world)
        const flips = await flipSegments(store, plan, { count: plan.between(1, 6), place: 'anywhere' })
        await sleep(BELIEVED_MS)
        return flips
      }
      await world.platform.kill()
      const place = plan.pick(PLACES) ?? 'anywhere'
      const flips =
        variant === 'index, stopped'
          ? await flipIndex(store, plan, plan.between(1, 4))
          : await flipSegments(store, plan, { count: plan.between(1, 6), place })
      await world.start().catch(async () => {
        // It may say that it cannot go on, if the operator's command then helps.
        await rebuildIndex(dataDir)
        await world.start()
      })
      return flips
    }

    try {
      while (cycle < cycles && problems.length === 0) {
        cycle += 1
        const load = world.load(cycle, { hangUps: false, liveBytesWanted: LIVE_BYTES_WANTED })
        await sleep(plan.between(300, 900))
        await load.rest()
        for (const file of ledger.in('there').slice(-8)) if (plan.chance(0.5)) await peer.copy(file)
        const flips = await flip()
        counts.flips += flips.length
        const { whole, damaged, wrong } = await lookAtAll(world)
        problems.push(...wrong.map((words) => `cycle ${cycle}, on damage: ${words}`))
        counts.damaged += damaged.length
        if (damaged.length > 0 && !(await until(REPORTED_MS, () => REPORT.test(world.platform.output()))))
          problems.push(`cycle ${cycle}: ${damaged.length} files are damaged, and nothing tells of it`)
        const healable = damaged.filter((file) => peer.holds(file))
        for (const file of healable) {
          const isWhole = async (): Promise<boolean> =>
            (await askGateway(world.platform.gatewayUrl, file)).kind === 'whole'
          if (await until(HEALED_MS, isWhole)) counts.healed += 1
          else
            problems.push(`cycle ${cycle}: ${file.name} (${file.cid}) is damaged, a peer has it, and it was not healed`)
        }
        // The bits as they were, everything must be there: damage took nothing else with it.
        await world.platform.kill()
        await undo(flips)
        if (variant === 'index, stopped') await rebuildIndex(dataDir)
        if (!(await world.restart(cycle))) break
        await world.verify(cycle)
        tell(
          `cycle ${cycle} (${variant}): ${flips.length} bits flipped, ${whole} reads right, ${damaged.length} files answered with an error, ` +
            `${healable.length} of them healed from a peer; ${world.counts()}`,
        )
      }
    } finally {
      await world.end()
      await peer.end()
    }
    return world.result(
      cycle,
      `${counts.flips} bits flipped, ${counts.damaged} files met damage, ${counts.healed} healed from a peer`,
    )
  },
}
