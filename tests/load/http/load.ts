import type { LoadResult, LoadTarget } from './load-target.ts'
import { runOwnLoad } from './own-load.ts'
import { hasWrk, runWrk } from './wrk.ts'

/** GETs by `wrk` where there is one, else by a thread of our own. @throws Error when any answer was not a success */
export const runLoad = async (target: LoadTarget): Promise<LoadResult> =>
  (await hasWrk()) ? runWrk(target) : runOwnLoad(target)
