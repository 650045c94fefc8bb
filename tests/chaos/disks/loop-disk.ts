import { mkdir, open } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { run } from './run-command.ts'

export type FileSystem = 'ext4' | 'xfs'

const BUSY_MS = 15_000

/** Direct I/O on extents that are shared goes by whole blocks of the file system below. */
const SECTOR = '--sector-size=4096'

const MAKE: Record<FileSystem, readonly string[]> = {
  ext4: ['mkfs.ext4', '-q', '-F', '-E', 'lazy_itable_init=0,lazy_journal_init=0,nodiscard'],
  xfs: ['mkfs.xfs', '-q', '-f', '-K', '-m', 'reflink=1', '-s', 'size=4096'],
}

/** An image of `bytes` with an empty file system. Holes take no space. */
export const makeImage = async (image: string, bytes: number, fileSystem: FileSystem): Promise<void> => {
  const handle = await open(image, 'wx')
  await handle.truncate(bytes)
  await handle.close()
  const [command = '', ...args] = MAKE[fileSystem]
  await run(command, ...args, image)
}

/**
 * Mounts an image by a loop device, which goes by itself with the mount, also when that goes with its namespace.
 * @param direct past the page cache of the file system below: what the image's own file system has not written is then
 *   not in the image either
 */
export const mountImage = async (
  image: string,
  at: string,
  { options, direct }: { options: string; direct: boolean },
): Promise<void> => {
  await mkdir(at, { recursive: true })
  const device = await run('losetup', '--find', '--show', SECTOR, `--direct-io=${direct ? 'on' : 'off'}`, image)
  try {
    await run('mount', '-o', options, device, at)
  } finally {
    // Of a mounted device this means: detach it when it is not mounted any more.
    await run('losetup', '--detach', device)
  }
}

/** Its processes must be gone, or about to: a server process of PostgreSQL notices a moment later that its parent is dead. */
export const unmount = async (at: string): Promise<void> => {
  for (const end = performance.now() + BUSY_MS; ; await sleep(50)) {
    try {
      await run('umount', at)
      return
    } catch (error) {
      if (performance.now() > end) throw error
    }
  }
}

/** At the end, after whatever happened: it goes when the last that uses it has gone, and its namespace at the latest. */
export const unmountLazily = async (at: string): Promise<void> => {
  await run('umount', '--lazy', at).catch(() => undefined)
}
