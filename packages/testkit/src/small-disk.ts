import { execFile } from 'node:child_process'
import { mkdtemp, open, rm, rmdir, statfs, truncate } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const CHUNK = Buffer.alloc(1024 * 1024, 1)

/** A disk of its own, in memory, that somebody else's file can fill. Mounting it takes root. */
export class SmallDisk implements AsyncDisposable {
  readonly path: string
  readonly #filler: string

  private constructor(path: string) {
    this.path = path
    this.#filler = join(path, 'of-somebody-else')
  }

  static async mount(bytes: number): Promise<SmallDisk> {
    const path = await mkdtemp(join(tmpdir(), 'hf-disk-'))
    await run('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'holdfast-test', path])
    return new SmallDisk(path)
  }

  /** The foreign file grows until so much is left. */
  async fillUpTo(left: number): Promise<void> {
    await using file = await open(this.#filler, 'a')
    for (let rest = (await this.#free()) - left; rest > 0; rest = (await this.#free()) - left)
      await file.write(CHUNK, 0, Math.min(CHUNK.length, rest))
  }

  /** What is deleted while somebody holds it open frees nothing: it is cut first. */
  async makeRoom(): Promise<void> {
    await truncate(this.#filler, 0)
    await rm(this.#filler)
  }

  async #free(): Promise<number> {
    const { bavail, bsize } = await statfs(this.path)
    return bavail * bsize
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await run('umount', ['--lazy', this.path])
    await rmdir(this.path)
  }
}
