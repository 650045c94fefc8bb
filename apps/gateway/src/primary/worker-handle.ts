import type { FromWorker, Link, ToWorker } from '../worker/worker-protocol.ts'

/** A running worker as the primary sees it. */
export type WorkerHandle = {
  readonly link: Link<ToWorker, FromWorker>
  /** Called once when the worker has gone, however it went. */
  onExit(listener: (reason: string) => void): void
  /** Ends it without asking. */
  kill(): void
}

/** Starts one worker: a process of its own, or a part of this one. */
export type SpawnWorker = () => WorkerHandle
