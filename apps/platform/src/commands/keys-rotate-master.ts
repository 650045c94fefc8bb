import { keyVersions, openEveryKey } from '@packages/db/keys/inspect-keys'
import { rotateMasterKey } from '@packages/db/keys/rotate-master-key'
import type { Database } from '@packages/db/open-database'
import { masterKeySource, openPlatformKeys } from '../compose/open-keys.ts'
import { connectDatabase, migrateDatabase, requireMigrated } from '../compose/start-database.ts'
import { holdDataFolder } from './open-data-folder.ts'
import { type CommandTools, runCommand } from './run-command.ts'

const SYNTAX = { takes: '[--verify]', options: { verify: { type: 'boolean', default: false } } } as const

/** Tells which versions there are and what each wraps, and opens every key there is. */
const verify = async ({ config, logger }: CommandTools, db: Database): Promise<number> => {
  await requireMigrated(db)
  const keys = await openPlatformKeys(config, { db, logger, create: false })
  const versions = await keyVersions(db.kysely, keys)
  for (const { version, held, tenants, createdAt } of versions)
    console.log(
      `Version ${version} of ${createdAt.toISOString()}, ${held ? 'held' : 'NOT HELD'}: wraps ${tenants} tenants’ keys.`,
    )
  if (versions.length > 1) console.log('A rotation is under way: run npm run keys:rotate-master to its end.')
  const { tenants, roots, closed } = await openEveryKey(db.kysely, keys)
  console.log(`${tenants} tenants’ keys and ${roots} keys of private roots open; ${closed.length} do not.`)
  for (const place of closed) console.log(`BAD: ${place} does not open.`)
  return closed.length === 0 && versions[0]?.held === true ? 0 : 1
}

const rotate = async ({ config, logger }: CommandTools, db: Database): Promise<number> => {
  await migrateDatabase(db, logger)
  const source = masterKeySource(config)
  const { version, added, tenants, retired, damaged } = await rotateMasterKey({ db, source })
  if (!added && tenants === 0 && retired.length === 0 && damaged.length === 0) {
    console.log(`Nothing was left to do: version ${version}, the first key of ${source.place}, wraps everything.`)
    return 0
  }
  console.log(`Version ${version} of the master key; ${tenants} tenants’ keys were wrapped anew.`)
  for (const organization of damaged) console.log(`BAD: the key of the organization ${organization} does not open.`)
  if (damaged.length > 0) console.log('Keep the key before until these rows are restored, and run this again.')
  else console.log('The key before opens nothing any more here. Backups of before need it: keep it with them.')
  return damaged.length === 0 ? 0 : 1
}

/**
 * `npm run keys:rotate-master`: replaces the master key (docs/operations/master-key.md). May be killed and run again. `-- --verify` changes
 * nothing and tells what is wrapped by which version. The embedded database belongs to a running platform: stop that first.
 */
await runCommand(async (tools, { values }) => {
  const { config, logger, stack } = tools
  if (config.database.kind === 'embedded') await holdDataFolder(tools)
  const db = await connectDatabase(config, { stack, logger })
  return values.verify ? verify(tools, db) : rotate(tools, db)
}, SYNTAX)
