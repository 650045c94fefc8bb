import { openStore } from './open-data-folder.ts'
import { runCommand } from './run-command.ts'

/**
 * `npm run store:compact`: gives the space of deleted content back now, as fast as the disk is. Exit code 1 when something could not be
 * compacted. The platform must not run on the data folder (while it runs it does this by itself).
 */
await runCommand(async (tools) => {
  const store = await openStore(tools)
  const { state, segments, freedBytes, noRoom, ...rest } = await store.compact({
    onDamaged: (realm, cid) => console.log(`Damaged: ${cid} (${realm})`),
  })
  if (state === 'refused') console.log('Some roots are not whole: what is dead may still be needed to repair them.')
  console.log(`${segments} segments rewritten, ${freedBytes} bytes freed, ${noRoom + rest.damaged} segments left.`)
  return state === 'refused' || noRoom + rest.damaged > 0 ? 1 : 0
})
