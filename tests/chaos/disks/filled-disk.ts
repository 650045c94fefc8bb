import { mkdir, open, rm, statfs, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { makeImage, mountImage, unmountLazily } from './loop-disk.ts'
import { run } from './run-command.ts'

const CHUNK = Buffer.alloc(1024 * 1024, 1)

/** A small disk that somebody else's file fills. */
export class FilledDisk {
  readonly path: string
  readonly #filler: string

  private constructor(path: string) {
    this.path = path
    this.#filler = join(path, 'of-somebody-else')
  }

  /** Makes and mounts it, empty. */
  static async make(folder: string, kind: 'tmpfs' | 'ext4', bytes: number): Promise<FilledDisk> {
    const path = join(folder, 'disk')
    await mkdir(path)
    if (kind === 'tmpfs') await run('mount', '-t', 'tmpfs', '-o', `size=${bytes}`, 'holdfast-chaos', path)
    else {
      await makeImage(`${path}.img`, bytes, 'ext4')
      await mountImage(`${path}.img`, path, { options: 'defaults', direct: false })
    }
    return new FilledDisk(path)
  }

  async free(): Promise<number> {
    const { bavail, bsize } = await statfs(this.path)
    return bavail * bsize
  }

  /** The foreign file grows until so much is left. The platform writes too, so it is about right. */
  async fillUpTo(left: number): Promise<void> {
    const handle = await open(this.#filler, 'a')
    try {
      for (let rest = (await this.free()) - left; rest > 0; rest = (await this.free()) - left)
        await handle.write(CHUNK, 0, Math.min(CHUNK.length, rest))
      await handle.sync()
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error
    } finally {
      await handle.close()
    }
  }

  /** What was deleted comes back by unlinking; `truncate` first, as a file that somebody holds open frees nothing. */
  async makeRoom(): Promise<void> {
    await truncate(this.#filler, 0).catch(() => undefined)
    await rm(this.#filler, { force: true })
  }

  end(): Promise<void> {
    return unmountLazily(this.path)
  }
}
