import { UploadLocks } from '@packages/content/upload-staging/upload-locks'
import type { MinimalLogger } from '@packages/runtime/minimal-logger'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { RepeatingTask } from '@services/ipfs-manager/repeating-task'
import { completeFolder, type CompleteFolderDeps, type CompletedFolder } from './complete-folder.ts'
import { FewAtOnce } from './few-at-once.ts'
import { finishedOf, type FinishedUpload, finishUpload } from './finish-upload.ts'
import { findUpload } from './repository.ts'
import { type SweepDeps, sweepUploads } from './sweep-uploads.ts'

export type UploadWorkDeps = Omit<SweepDeps, 'work'> & CompleteFolderDeps & { logger: MinimalLogger }

/** Each holds some 10 MB while it imports. */
const FINISHING_AT_ONCE = 8
const SWEEP_EVERY_MS = 60_000

/**
 * What runs beyond requests: who holds which upload, what is being finished (once, whoever asks, and also when the client is
 * gone), and the housekeeping.
 */
export class UploadWork {
  readonly locks = new UploadLocks()
  readonly #deps: UploadWorkDeps
  readonly #stop = new AbortController()
  readonly #few = new FewAtOnce(FINISHING_AT_ONCE)
  readonly #finishing = new Map<string, Promise<FinishedUpload>>()
  readonly #completing = new Map<string, Promise<CompletedFolder>>()
  readonly #sweeping: RepeatingTask

  constructor(deps: UploadWorkDeps) {
    this.#deps = deps
    const { logger } = deps
    this.#sweeping = new RepeatingTask({
      name: 'uploads',
      everyMs: SWEEP_EVERY_MS,
      run: (signal) => this.sweep(signal),
      logger,
    })
  }

  /** Fires when the platform stops. */
  get stopping(): AbortSignal {
    return this.#stop.signal
  }

  start(): void {
    this.#sweeping.start(0)
  }

  /** Ends what runs; it is taken up again at the next start. */
  async stop(): Promise<void> {
    this.#stop.abort(new HoldfastError('unavailable', { detail: 'The platform stops.' }))
    await this.#sweeping.stop()
    await Promise.allSettled([...this.#finishing.values(), ...this.#completing.values()])
  }

  sweep(signal: AbortSignal = this.#stop.signal): Promise<void> {
    return sweepUploads({ ...this.#deps, work: this }, signal)
  }

  isFinishing(id: string): boolean {
    return this.#finishing.has(id)
  }

  /** Makes the file of an upload that is received; joins when that runs already. @throws as `finishUpload` */
  finish(id: string): Promise<FinishedUpload> {
    return once(this.#finishing, id, () => this.#few.run(() => this.#finish(id)))
  }

  async #finish(id: string): Promise<FinishedUpload> {
    const row = await findUpload(this.#deps.db.kysely, id)
    if (row === undefined) throw new Error(`the upload ${id} is gone`)
    return finishedOf(row) ?? finishUpload(this.#deps, row, this.#stop.signal)
  }

  isCompleting(folderId: string): boolean {
    return this.#completing.has(folderId)
  }

  /** Makes the file of a folder; joins when that runs already. @throws as `completeFolder` */
  complete(folderId: string): Promise<CompletedFolder> {
    return once(this.#completing, folderId, () =>
      this.#few.run(() => completeFolder(this.#deps, folderId, this.#stop.signal)),
    )
  }
}

const once = <T>(running: Map<string, Promise<T>>, id: string, task: () => Promise<T>): Promise<T> => {
  const known = running.get(id)
  if (known !== undefined) return known
  const started = task().finally(() => running.delete(id))
  running.set(id, started)
  // Whoever asked may be gone; the row tells what came of it.
  started.catch(() => undefined)
  return started
}
