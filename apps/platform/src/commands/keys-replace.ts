import { replaceSigningKeys } from '@apps/api/plugins/authenticate/rotate-signing-keys'
import { openPlatformKeys } from '../compose/open-keys.ts'
import { connectDatabase, migrateDatabase } from '../compose/start-database.ts'
import { holdDataFolder } from './open-data-folder.ts'
import { runCommand } from './run-command.ts'

/**
 * `npm run keys:replace`: for signing keys that others may know. A new key signs access tokens from now on, and tokens of all
 * others are refused by every running process within a second; who is signed in refreshes and stays so.
 */
await runCommand(async (tools) => {
  const { config, logger, stack } = tools
  if (config.database.kind === 'embedded') await holdDataFolder(tools)
  const db = await connectDatabase(config, { stack, logger })
  await migrateDatabase(db, logger)
  const { masterKey } = await openPlatformKeys(config, { db, logger, create: true })
  const kid = await replaceSigningKeys({ db, masterKey })
  console.log(`Access tokens are signed by ${kid} from now on; those of earlier keys are refused.`)
  return 0
})
