import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { evictCache } from '@packages/content/car/cache-car'
import type { MinimalLogger } from '@packages/runtime/minimal-logger'
import type { Service } from '@packages/runtime/service'
import { RepeatingTask } from '@services/ipfs-manager/repeating-task'
import type { ImportOutcome } from './import-folder.ts'
import { takeCar, type TakeCarDeps } from './take-car.ts'

export type ImportInboxDeps = TakeCarDeps & { folder: string; logger: MinimalLogger; everyMs?: number }

const LOOK_EVERY_MS = 250
const LEFT_OVER_MS = 60 * 60_000
const EVICT_EVERY_MS = 10_000

/** Takes the CARs that commands leave in a folder of the data folder while the platform runs, and lets what is cached go when pins need the disk. */
export class ImportInbox implements Service {
  readonly name = 'gateway imports'
  readonly #deps: ImportInboxDeps
  readonly #tasks: RepeatingTask[]

  constructor(deps: ImportInboxDeps) {
    this.#deps = deps
    const { logger, everyMs = LOOK_EVERY_MS } = deps
    this.#tasks = [
      new RepeatingTask({ name: 'gateway imports', everyMs, run: (signal) => this.#take(signal), logger }),
      new RepeatingTask({ name: 'gateway cache', everyMs: EVICT_EVERY_MS, run: () => this.makeRoom(), logger }),
    ]
  }

  async start(): Promise<void> {
    await mkdir(this.#deps.folder, { recursive: true, mode: 0o700 })
    for (const task of this.#tasks) task.start(0)
  }

  async stop(): Promise<void> {
    await Promise.all(this.#tasks.map((task) => task.stop()))
  }

  /** Holds what is cached to its bound, which may have been lowered; everything goes when the disk is short. */
  async makeRoom(): Promise<void> {
    const { store, cacheBytes, minFreeBytes, freeSpace, logger } = this.#deps
    const isShort = (await freeSpace()) < minFreeBytes
    const released = await evictCache(store, isShort ? 0 : cacheBytes)
    if (released > 0) logger.info({ cars: released, isShort }, 'what the gateway served without a pin was let go')
  }

  async #take(signal: AbortSignal): Promise<void> {
    const { folder, logger } = this.#deps
    for (const name of await readdir(folder)) {
      signal.throwIfAborted()
      const path = join(folder, name)
      if (!name.endsWith('.car')) {
        await removeOld(path)
        continue
      }
      const outcome = await takeCar(path, this.#deps, signal)
      logger.info({ ...outcome }, 'a CAR was brought for the gateway')
      await this.#tell(path.slice(0, -'.car'.length), outcome)
    }
  }

  async #tell(path: string, outcome: ImportOutcome): Promise<void> {
    await writeFile(`${path}.told`, JSON.stringify(outcome), { mode: 0o600 })
    await rename(`${path}.told`, `${path}.json`)
    await rm(`${path}.car`, { force: true })
  }
}

/** What a command has left, or has not waited for. */
const removeOld = async (path: string): Promise<void> => {
  const facts = await stat(path).catch(() => undefined)
  if (facts !== undefined && Date.now() - facts.mtimeMs > LEFT_OVER_MS) await rm(path, { force: true })
}
