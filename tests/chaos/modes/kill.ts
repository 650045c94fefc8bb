import { setTimeout as sleep } from 'node:timers/promises'
import type { Mode } from '../mode.ts'
import { Random } from '../random.ts'
import { World } from '../world.ts'

/** `kill -9` of the whole process tree at random points; the page cache survives, so this says nothing about syncs. */
export const kill: Mode = {
  name: 'kill',
  variants: ['all processes'],
  mounts: false,
  async run({ folder, cycles, seed, fault, tell }) {
    const plan = new Random(seed)
    const world = await World.begin({ dataDir: folder, seed, fault })
    let cycle = 0
    try {
      while (cycle < cycles && world.problems.length === 0) {
        cycle += 1
        const load = world.load(cycle)
        const killAfterMs = plan.between(20, 2_500)
        await sleep(killAfterMs)
        await world.platform.kill()
        await load.end()
        if (plan.chance(0.15)) await world.killWhileStarting(plan.between(50, 1_200))
        const doubts = world.ledger.in('in doubt').length
        if (!(await world.restart(cycle))) break
        const { readyAfterMs } = world.platform
        const { leftovers } = await world.verify(cycle)
        tell(
          `cycle ${cycle}: killed after ${killAfterMs} ms, ready again after ${Math.round(readyAfterMs)} ms; ` +
            `${world.counts()}, ${doubts} had been in doubt, ${leftovers.size} left over in the store`,
        )
      }
    } finally {
      await world.end()
    }
    return world.result(cycle, '')
  },
}
