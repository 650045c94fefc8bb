import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { EmbeddedPostgresError } from './embedded-postgres-error.ts'

const run = promisify(execFile)

/** How a PostgreSQL program is started: a command put before its own, and a user to switch to. */
export type Launch = { prefix: string[]; uid?: number; gid?: number; deathSignal: string[] }

/**
 * PostgreSQL refuses to run as root, and initdb wants a user that has a name. As root (or as a user without a
 * name) it runs in a user namespace where we are an ordinary user: the files stay ours, so it works under a 0700
 * home as well. Where namespaces are forbidden (many containers), root hands the data folder to another user.
 */
export const planLaunch = async (): Promise<Launch> => {
  const deathSignal = (await works('setpriv', ['--pdeathsig', 'SIGINT', 'true']))
    ? ['setpriv', '--pdeathsig', 'SIGINT']
    : []
  const uid = process.getuid?.() ?? 1
  const users = process.platform === 'linux' ? await readUsers() : []
  if (uid !== 0 && (users.length === 0 || users.some((user) => user.uid === uid))) return { prefix: [], deathSignal }
  const other = users.find((user) => user.name === 'nobody') ?? users.find((user) => user.uid !== 0)
  if (!other)
    throw new EmbeddedPostgresError('PostgreSQL cannot run as root and there is no other user; set DATABASE_URL.')
  const unshare = ['--user', `--map-user=${other.uid}`, `--map-group=${other.gid}`]
  if (await works('unshare', [...unshare, 'true'])) return { prefix: ['unshare', ...unshare], deathSignal }
  if (uid !== 0)
    throw new EmbeddedPostgresError(
      `The embedded PostgreSQL needs a user that has a name; ${uid} has none. Set DATABASE_URL.`,
    )
  return { prefix: [], uid: other.uid, gid: other.gid, deathSignal }
}

const works = async (command: string, args: string[]): Promise<boolean> =>
  run(command, args, { timeout: 5_000 }).then(
    () => true,
    () => false,
  )

const readUsers = async (): Promise<{ name: string; uid: number; gid: number }[]> => {
  const text = await readFile('/etc/passwd', 'utf8').catch(() => '')
  return text
    .split('\n')
    .map((line) => line.split(':'))
    .filter((fields) => fields.length >= 4)
    .map(([name = '', , uid, gid]) => ({ name, uid: Number(uid), gid: Number(gid) }))
}
