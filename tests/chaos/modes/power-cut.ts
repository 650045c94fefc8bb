import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { processTree } from '@packages/testkit/process-tree'
import { CutDisks, type DiskPlan } from '../disks/cut-disks.ts'
import type { FileSystem } from '../disks/loop-disk.ts'
import { isInstalled } from '../disks/run-command.ts'
import type { Mode } from '../mode.ts'
import { Random } from '../random.ts'
import { World } from '../world.ts'

/** One disk for everything, or a second one for the database. */
const LAYOUTS: Record<string, { fileSystem: FileSystem; apart: boolean }> = {
  'ext4, together': { fileSystem: 'ext4', apart: false },
  'ext4, store and database apart': { fileSystem: 'ext4', apart: true },
  'xfs, together': { fileSystem: 'xfs', apart: false },
}

/** The second and third of ext4 write later, and in another order, than anybody would by default. */
const MOUNT_OPTIONS: Record<FileSystem, readonly [string, ...string[]]> = {
  ext4: ['defaults', 'commit=60', 'commit=60,data=writeback'],
  xfs: ['defaults'],
}

/**
 * Stops every process where it stands, so that none can act upon what one disk has written before the other is looked
 * at: with disks cut at two moments the database could know of blocks that the store's disk never saw, which no power
 * cut does.
 */
const whileFrozen = async <T>(root: number, action: () => Promise<T>): Promise<T> => {
  process.kill(root, 'SIGSTOP')
  for (const pid of await processTree(root)) process.kill(pid, 'SIGSTOP')
  return action()
}

const cutWhileStarting = async (world: World, disks: CutDisks, afterMs: number): Promise<void> => {
  const starting = world.killWhileStarting(afterMs + 200)
  await sleep(afterMs)
  await disks.cut()
  await starting
}

/** The block devices as they were at one moment under load, mounted again; see `CutDisks`. */
export const powerCut: Mode = {
  name: 'power-cut',
  variants: ['ext4, together', 'ext4, store and database apart', 'xfs, together'],
  mounts: true,
  async missing() {
    return (await isInstalled('mkfs.xfs')) ? null : 'mkfs.xfs is not installed (Debian: xfsprogs)'
  },
  async run({ folder, cycles, seed, variant, fault, tell }) {
    const layout = LAYOUTS[variant]
    if (layout === undefined) throw new Error(`unknown layout ${variant}`)
    const plan = new Random(seed)
    const dataDir = join(folder, 'data')
    const plans: DiskPlan[] = [{ name: 'disk', at: dataDir }]
    if (layout.apart) plans.push({ name: 'database', at: join(dataDir, 'postgres') })
    await mkdir(dataDir)
    const disks = await CutDisks.make(folder, plans, layout.fileSystem)
    const world = await World.begin({ dataDir, seed, fault })
    const options = MOUNT_OPTIONS[layout.fileSystem]
    let cycle = 0
    let doubtful = 0
    try {
      while (cycle < cycles && world.problems.length === 0) {
        cycle += 1
        const { ledger } = world
        const load = world.load(cycle)
        const cutAfterMs = plan.between(100, 2_500)
        await sleep(cutAfterMs)
        // Before the copy begins: what is acknowledged while it runs is in doubt.
        let before = ledger.moment()
        const cutMs = layout.apart
          ? await whileFrozen(world.platform.pid, () => {
              before = ledger.moment()
              return disks.cut()
            })
          : await disks.cut()
        await world.platform.kill()
        await load.end()
        const acknowledgedLater = ledger.in('there').filter((file) => before.get(file) !== 'there').length
        doubtful += acknowledgedLater
        ledger.wentBackTo(before)
        const mounted = options[cycle % options.length] ?? 'defaults'
        await disks.powerOn(mounted)
        if (plan.chance(0.15)) {
          await cutWhileStarting(world, disks, plan.between(50, 1_500))
          await disks.powerOn(mounted)
        }
        const doubts = ledger.in('in doubt').length
        if (!(await world.restart(cycle))) break
        const { readyAfterMs } = world.platform
        const { leftovers } = await world.verify(cycle)
        tell(
          `cycle ${cycle} (${variant}; ${mounted}): power cut after ${cutAfterMs} ms, taken in ${Math.round(cutMs)} ms, ready again after ` +
            `${Math.round(readyAfterMs)} ms; ${world.counts()}, ${doubts} had been in doubt, ${leftovers.size} left over in the store`,
        )
      }
    } finally {
      await world.end()
      await disks.end()
    }
    return world.result(cycle, `${doubtful} acknowledged after the cut`)
  },
}
