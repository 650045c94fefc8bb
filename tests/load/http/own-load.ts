import { Worker } from 'node:worker_threads'
import type { LoadResult } from './wrk.ts'

export type OwnLoadOptions = { url: string; connections: number; seconds: number }

/** What `runWrk` does, by a thread of our own: for machines without `wrk`. Its CPU time is this process's. */
export const runOwnLoad = async (url: URL, connections: number, seconds: number): Promise<LoadResult> => {
  const options: OwnLoadOptions = { url: url.href, connections, seconds }
  const worker = new Worker(new URL('own-load-worker.ts', import.meta.url), { workerData: options })
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  worker.once('message', resolve)
  worker.once('error', reject)
  worker.once('exit', () => reject(new Error('the load thread ended without a result')))
  return { perSecond: await promise, cpuSeconds: 0 }
}
