import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chown, mkdir, open, readFile, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { EmbeddedPostgresError } from './embedded-postgres-error.ts'
import type { PostgresBinaries } from './postgres-binaries.ts'
import type { Launch } from './unprivileged.ts'

const run = promisify(execFile)

export const SUPERUSER = 'holdfast'
const FRESH = 'cluster.new-'

/**
 * Makes the cluster once: in a folder beside, synced by initdb, then renamed, so that a crash leaves a whole
 * cluster or none. Returns its password, made before it and kept beside it with mode 0600.
 * @throws EmbeddedPostgresError when the cluster was made by another major version
 */
export const initCluster = async (
  dataDir: string,
  binaries: PostgresBinaries,
  launch: Launch,
  sync: boolean,
): Promise<{ cluster: string; password: string }> => {
  const cluster = join(dataDir, 'cluster')
  const password = await readOrMakePassword(dataDir, launch)
  const found = await readFile(join(cluster, 'PG_VERSION'), 'utf8').catch(() => null)
  if (found !== null) {
    if (found.trim() !== binaries.major)
      throw new EmbeddedPostgresError(
        `The database in ${cluster} was made by PostgreSQL ${found.trim()}, this release brings ${binaries.major}: restore a dump into a new data folder, or set DATABASE_URL.`,
      )
    return { cluster, password }
  }
  for (const name of await readdir(dataDir)) {
    if (name.startsWith(FRESH)) await rm(join(dataDir, name), { recursive: true, force: true })
  }
  const fresh = join(dataDir, `${FRESH}${process.pid}`)
  await mkdir(fresh, { mode: 0o700 })
  if (launch.uid !== undefined && launch.gid !== undefined) await chown(fresh, launch.uid, launch.gid)
  const [command = '', ...args] = [...launch.prefix, binaries.initdb]
  const options = ['-D', fresh, '-U', SUPERUSER, '--auth=scram-sha-256', `--pwfile=${join(dataDir, 'password')}`]
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8']
  await run(command, [...args, ...options, ...locale, ...(sync ? [] : ['--no-sync'])], {
    env: { PATH: process.env.PATH, ...binaries.env },
    ...(launch.uid === undefined ? {} : { uid: launch.uid, gid: launch.gid }),
    cwd: dataDir,
  }).catch((cause: { stderr?: string }) => {
    const reason = cause.stderr?.trim().split('\n')[0] ?? String(cause)
    const hint =
      launch.uid === undefined ? '' : ` (it runs as uid ${launch.uid}, which must be able to reach the folder)`
    throw new EmbeddedPostgresError(`The database cannot be made in ${dataDir}${hint}: ${reason}`, { cause })
  })
  await rename(fresh, cluster)
  await syncDirectory(dataDir)
  return { cluster, password }
}

const readOrMakePassword = async (dataDir: string, launch: Launch): Promise<string> => {
  const path = join(dataDir, 'password')
  const kept = (await readFile(path, 'utf8').catch(() => '')).trim()
  if (kept !== '') return kept
  const password = randomBytes(24).toString('base64url')
  const file = await open(`${path}.new`, 'w', 0o600)
  await file.writeFile(`${password}\n`)
  if (launch.uid !== undefined && launch.gid !== undefined) await file.chown(launch.uid, launch.gid)
  await file.sync()
  await file.close()
  await rename(`${path}.new`, path)
  await syncDirectory(dataDir)
  return password
}

const syncDirectory = async (path: string): Promise<void> => {
  const directory = await open(path, 'r')
  await directory.sync()
  await directory.close()
}
