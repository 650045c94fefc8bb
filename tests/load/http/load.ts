import { runOwnLoad } from './own-load.ts'
import { hasWrk, runWrk } from './wrk.ts'

/** What is asked for, over and over. */
export type LoadTarget = { url: URL; headers?: Readonly<Record<string, string>>; connections: number; seconds: number }

export type LoadResult = { perSecond: number; cpuSeconds: number }

/** GETs by `wrk` where there is one, else by a thread of our own. @throws Error when any answer was not a success */
export const runLoad = async (target: LoadTarget): Promise<LoadResult> =>
  (await hasWrk()) ? runWrk(target) : runOwnLoad(target)
