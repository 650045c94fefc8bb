import { setTimeout as sleep } from 'node:timers/promises'
import { listAllPins } from './list-all-pins.ts'
import type { PinWorld } from './pin-world.ts'
import { insist } from './insist.ts'
import type { ReachLedger } from './reach-ledger.ts'

const ANSWER_MS = 60_000

/** When nothing happens any more: every pin that was acknowledged is listed, and what was pinned is so again in time. @returns every contradiction in words */
export const verifyReached = async ({ world }: PinWorld, ledger: ReachLedger, withinMs: number): Promise<string[]> => {
  const { apiUrl } = world.platform
  for (const end = performance.now() + withinMs; ; await sleep(1_000)) {
    const problems: string[] = []
    let isWaiting = false
    for (const [owner, key] of world.keys.entries()) {
      const { lost, unpinned } = ledger.compare(
        owner,
        await insist(() => listAllPins({ apiUrl, key }, 'reach-'), ANSWER_MS),
      )
      problems.push(...lost, ...unpinned)
      isWaiting ||= unpinned.length > 0 && lost.length === 0
    }
    if (!isWaiting || performance.now() > end) return problems
  }
}
