import { migrationState, readMigrations } from '@packages/db/migrations'
import { connectDatabase } from '../compose/start-database.ts'
import { holdDataFolder } from './open-data-folder.ts'
import { runCommand } from './run-command.ts'

/**
 * `npm run db:health`: does the database answer, and is it of this release? Exit code 1 when not. The embedded one
 * belongs to a running platform: ask its `/health/db` then.
 */
await runCommand(async (tools) => {
  const { config, logger, stack } = tools
  if (config.database.kind === 'embedded') await holdDataFolder(tools)
  const db = await connectDatabase(config, { stack, logger })
  const since = performance.now()
  await db.ping()
  const ms = (performance.now() - since).toFixed(1)
  const { rows } = await db.pool.query<{ server_version: string }>('show server_version')
  const { applied, pending } = await migrationState(db.pool, await readMigrations())
  console.log(`PostgreSQL ${rows[0]?.server_version} answers in ${ms} ms.`)
  console.log(`Migrations: ${applied.length} applied, ${pending.length} pending.`)
  return pending.length === 0 ? 0 : 1
})
