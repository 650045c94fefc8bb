import { connectDatabase, migrateDatabase } from '../compose/start-database.ts'
import { holdDataFolder } from './open-data-folder.ts'
import { runCommand } from './run-command.ts'

/** `npm run db:migrate`: brings the database to this release without starting the platform (which does it too). */
await runCommand(async (tools) => {
  const { config, logger, stack } = tools
  if (config.database.kind === 'embedded') await holdDataFolder(tools)
  const db = await connectDatabase(config, { stack, logger })
  const applied = await migrateDatabase(db, logger)
  console.log(applied.length === 0 ? 'The database is current.' : `Applied: ${applied.join(', ')}`)
  return 0
})
