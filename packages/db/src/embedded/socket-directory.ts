import { mkdir, mkdtemp, rm, chmod } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export const TEMPORARY_PREFIX = 'holdfast-pg-'
const SOCKET_NAME = '/.s.PGSQL.5432'
/** `sun_path` holds 104 to 108 bytes, PostgreSQL's lock file adds five. */
const MAX_SOCKET_PATH = 100

export type RunDirectory = { path: string; remove(): Promise<void> }

/**
 * A folder that only we can enter, for the socket and the library links: inside the data folder, or a temporary
 * one when that path is too long for a socket or has characters that PostgreSQL's and the loader's lists split at.
 */
export const openRunDirectory = async (dataDir: string): Promise<RunDirectory> => {
  const inside = join(dataDir, 'run')
  if (Buffer.byteLength(inside + SOCKET_NAME) <= MAX_SOCKET_PATH && /^[\w./+@-]+$/.test(inside)) {
    await mkdir(inside, { recursive: true, mode: 0o700 })
    await chmod(inside, 0o700)
    // A killed server's socket lock names a pid; while that is a zombie or another process, a new server would refuse.
    for (const leftover of [SOCKET_NAME, `${SOCKET_NAME}.lock`]) await rm(inside + leftover, { force: true })
    return { path: inside, remove: async () => {} }
  }
  const path = await mkdtemp(join(tmpdir(), TEMPORARY_PREFIX))
  return { path, remove: () => rm(path, { recursive: true, force: true }) }
}
