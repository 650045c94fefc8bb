import { lockDataFolder } from '@packages/runtime/data-folder-lock'
import { connectDatabase, migrateDatabase } from '../start-database.ts'
import { runCommand } from './run-command.ts'

/** `npm run db:migrate`: brings the database to this release without starting the platform (which does it too). */
await runCommand(async ({ config, logger, stack }) => {
  if (config.database.kind === 'embedded')
    await stack.acquire(
      'data folder',
      () => lockDataFolder(config.dataDir),
      (lock) => lock.release(),
    )
  const db = await connectDatabase(config, { stack, logger })
  const applied = await migrateDatabase(db, logger)
  console.log(applied.length === 0 ? 'The database is current.' : `Applied: ${applied.join(', ')}`)
  return 0
})
