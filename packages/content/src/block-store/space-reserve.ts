import { open, rm, stat, statfs } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { isMissingFile } from './store-error.ts'

const FILE = 'reserve'
const CHUNK = Buffer.alloc(64 * 1024)
const RETRY_MS = 1_000

/**
 * Space that is set aside for releases: taking something away must write too, and on a full disk nothing could ever be taken away. While it
 * is spent the store takes nothing new.
 */
export class SpaceReserve {
  readonly #path: string
  readonly #bytes: number
  #isThere = false
  #restoring: Promise<void> | undefined
  #triedAt = Number.NEGATIVE_INFINITY

  constructor(directory: string, bytes: number) {
    this.#path = join(directory, FILE)
    this.#bytes = bytes
  }

  /** @throws HoldfastError `insufficient_storage` while the reserve is spent. */
  check(): void {
    if (this.#isThere) return
    if (performance.now() - this.#triedAt > RETRY_MS) void this.restore()
    throw new HoldfastError('insufficient_storage')
  }

  /** Bytes that `spend` would give free now. */
  get available(): number {
    return this.#isThere ? this.#bytes : 0
  }

  /** Resolves when no restoring is under way. */
  async settled(): Promise<void> {
    await this.#restoring
  }

  /** Gives the space free; false when that was done already. */
  async spend(): Promise<boolean> {
    await this.#restoring
    if (!this.#isThere) return false
    this.#isThere = false
    await rm(this.#path, { force: true })
    return true
  }

  /** Sets the space aside again, if there is enough of it. */
  restore(): Promise<void> {
    this.#restoring ??= this.#fill().finally(() => {
      this.#restoring = undefined
    })
    return this.#restoring
  }

  async #fill(): Promise<void> {
    this.#triedAt = performance.now()
    if (this.#isThere || (await this.#size()) >= this.#bytes) {
      this.#isThere = true
      return
    }
    try {
      // A try that must fail would take the last bytes from those who give space back.
      if (!(await this.#hasRoom())) return
      const handle = await open(this.#path, 'w')
      try {
        // Written, not only sized: a file of holes takes no space.
        for (let at = 0; at < this.#bytes; at += CHUNK.length)
          await handle.write(CHUNK, 0, Math.min(CHUNK.length, this.#bytes - at), at)
        await handle.sync()
      } finally {
        await handle.close()
      }
      this.#isThere = true
    } catch {
      // Still full: what was written goes again, and the next upload tries anew.
      await rm(this.#path, { force: true }).catch(() => undefined)
    }
  }

  async #hasRoom(): Promise<boolean> {
    const { bavail, bsize } = await statfs(dirname(this.#path))
    return bavail * bsize >= this.#bytes
  }

  async #size(): Promise<number> {
    try {
      return (await stat(this.#path)).size
    } catch (error) {
      if (isMissingFile(error)) return 0
      throw error
    }
  }
}
