import { migrationState, readMigrations } from './migrations.ts'
import type { Database } from './open-database.ts'

export type DatabaseHealth = {
  /** The server's version, as `18.4`. */
  version: string
  /** Round trip of a query, in ms. */
  latencyMs: number
  applied: string[]
  /** Migrations of this release that are not applied yet. */
  pending: string[]
}

/**
 * The state of the database for `/health/db` and `db:health`.
 * @throws StartError when its migrations do not fit this release; a database error when it does not answer
 */
export const checkDatabase = async (db: Pick<Database, 'pool'>): Promise<DatabaseHealth> => {
  const started = performance.now()
  const { rows } = await db.pool.query<{ version: string }>(`select current_setting('server_version') as version`)
  const latencyMs = Math.round((performance.now() - started) * 100) / 100
  const { applied, pending } = await migrationState(db.pool, await readMigrations())
  return {
    version: rows[0]?.version.split(' ')[0] ?? '',
    latencyMs,
    applied,
    pending: pending.map(({ name }) => name),
  }
}
