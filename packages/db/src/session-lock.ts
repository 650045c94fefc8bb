import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'

export type SessionLock = {
  /** @throws when the connection that holds the lock is gone, and the lock with it */
  check(): Promise<void>
}

/** The server needs a moment to see that a killed process is gone. */
const PATIENCE_MS = 5_000

/**
 * Runs `work` under an advisory lock of the whole database, which the server gives back when this process ends, however it ends.
 * @returns undefined when another process holds it
 */
export const withSessionLock = async <T>(
  pool: pg.Pool,
  name: string,
  work: (lock: SessionLock) => Promise<T>,
): Promise<T | undefined> => {
  const client = await pool.connect()
  try {
    if (!(await take(client, name))) return undefined
    return await work({ check: async () => void (await client.query('select 1')) })
  } finally {
    // Closed, not given back to the pool: the lock goes with the connection.
    client.release(true)
  }
}

const take = async (client: pg.PoolClient, name: string): Promise<boolean> => {
  for (let until = Date.now() + PATIENCE_MS; ; await sleep(50)) {
    const { rows } = await client.query<{ got: boolean }>('select pg_try_advisory_lock(hashtext($1)) as got', [name])
    if (rows[0]?.got === true) return true
    if (Date.now() > until) return false
  }
}
