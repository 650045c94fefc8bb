import { setTimeout as sleep } from 'node:timers/promises'
import { isRunning } from './process-tree.ts'

const LOOK_MS = 10
/** A killed process goes at once, but for one that waits for a disk. */
const GONE_MS = 60_000

/**
 * Resolves when none of some processes runs any more, which were ended before. Linux only.
 * @throws Error with those that still do after so long: whoever waits is told, instead of standing there for ever
 */
export const untilGone = async (pids: readonly number[], { withinMs = GONE_MS } = {}): Promise<void> => {
  let left = pids
  for (const end = performance.now() + withinMs; ; await sleep(LOOK_MS)) {
    const running = await Promise.all(left.map(isRunning))
    left = left.filter((_, index) => running[index])
    if (left.length === 0) return
    if (performance.now() > end) throw new Error(`after ${withinMs} ms these processes still run: ${left.join(', ')}`)
  }
}
