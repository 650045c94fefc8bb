import { chown, lchown, lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Launch } from './unprivileged.ts'

/**
 * As root, gives the folders to the user that the server runs as: another one than last time when namespaces came or
 * went (a container's rights were changed). A cluster's files have one owner, so its own tells of all.
 */
export const takeOwnership = async (dataDir: string, runDirectory: string, launch: Launch): Promise<void> => {
  if (process.getuid?.() !== 0) return
  const [uid, gid] = [launch.uid ?? 0, launch.gid ?? process.getgid?.() ?? 0]
  for (const folder of [dataDir, runDirectory]) await chown(folder, uid, gid)
  await chown(join(dataDir, 'password'), uid, gid).catch(() => {})
  const cluster = join(dataDir, 'cluster')
  const found = await lstat(cluster).catch(() => null)
  if (found === null || found.uid === uid) return
  for (const path of await readdir(cluster, { recursive: true })) await lchown(join(cluster, path), uid, gid)
  // Last, so that a crash in between is made good at the next start.
  await chown(cluster, uid, gid)
}
