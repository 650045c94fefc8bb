import { Worker } from 'node:worker_threads'
import type { LoadResult, LoadTarget } from './load-target.ts'

export type OwnLoadOptions = Omit<LoadTarget, 'url'> & { url: string }

/** What `runWrk` does, by a thread of our own: for machines without `wrk`. Its CPU time is this process's. */
export const runOwnLoad = async (target: LoadTarget): Promise<LoadResult> => {
  const options: OwnLoadOptions = { ...target, url: target.url.href }
  const worker = new Worker(new URL('own-load-worker.ts', import.meta.url), { workerData: options })
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  worker.once('message', resolve)
  worker.once('error', reject)
  worker.once('exit', () => reject(new Error('the load thread ended without a result')))
  return { perSecond: await promise, cpuSeconds: 0 }
}
