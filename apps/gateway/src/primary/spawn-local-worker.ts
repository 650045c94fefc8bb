import type { MinimalLogger } from '@packages/runtime/minimal-logger'
import type { HeldBlocks } from '../content/held-blocks.ts'
import type { HttpLimits } from '../serve/http-limits.ts'
import { inProcessLink } from '../worker/in-process-link.ts'
import { type ClosableSource, runWorker } from '../worker/run-worker.ts'
import type { SpawnWorker } from './worker-handle.ts'

export type LocalWorkerOptions = {
  openBlocks(): Promise<HeldBlocks>
  openFetchedBlocks(): Promise<HeldBlocks>
  openPrivateBlocks(): Promise<ClosableSource>
  logger: MinimalLogger
  limits?: Partial<HttpLimits> | undefined
}

/** A worker within this process: the same code on a line of the same shape. */
export const spawnLocalWorker =
  (options: LocalWorkerOptions): SpawnWorker =>
  () => {
    const { primary, worker } = inProcessLink()
    runWorker({
      link: worker,
      openBlocks: options.openBlocks,
      openFetchedBlocks: options.openFetchedBlocks,
      openPrivateBlocks: options.openPrivateBlocks,
      createLogger: () => options.logger,
      ...(options.limits === undefined ? {} : { limits: options.limits }),
    })
    return { link: primary, onExit: () => {}, kill: () => {} }
  }
