import { openStore } from './open-data-folder.ts'
import { runCommand } from './run-command.ts'

/** `npm run store:stats`: what the block store holds, as JSON. The platform must not run on the data folder. */
await runCommand(async (tools) => {
  const store = await openStore(tools)
  console.log(JSON.stringify({ id: store.id, epoch: store.epoch, ...(await store.stats()) }, null, 2))
  return 0
})
