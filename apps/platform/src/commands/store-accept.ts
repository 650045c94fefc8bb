import { acceptStore, openEpoch } from '@packages/db/store-epoch'
import { ensureEmbeddedNode } from '@services/ipfs-manager/embedded-node'
import { connectDatabase, migrateDatabase } from '../compose/start-database.ts'
import { openStore } from './open-data-folder.ts'
import { runCommand } from './run-command.ts'

/**
 * `npm run store:accept`: the operator's word that this content store and this database belong together from now on,
 * after an older database was restored or a store was moved. Collection begins again at the next start; what no row
 * owns goes through quarantine first. The platform must not run on the data folder.
 */
await runCommand(async (tools) => {
  const { config, logger, stack } = tools
  const store = await openStore(tools)
  const db = await connectDatabase(config, { stack, logger })
  await migrateDatabase(db, logger)
  const nodeId = await ensureEmbeddedNode(db)
  const state = await openEpoch(db, store, { nodeId })
  if (state === 'fits') {
    console.log('The store and the database fit; there was nothing to accept.')
    return 0
  }
  await acceptStore(db, store, { nodeId })
  console.log(`Accepted: ${state.misfit}.`)
  return 0
})
