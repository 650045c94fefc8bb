import { requireFleet } from './kubo-fleet/fleet-file.ts'
import { stopNode } from './kubo-fleet/node-process.ts'
import { runCommand } from './run-command.ts'

/** `npm run ipfs:down`: stops the nodes of `ipfs:up`; what they hold stays, and `ipfs:up` starts them again. */
await runCommand(async ({ config: { dataDir } }) => {
  const fleet = await requireFleet(dataDir)
  for (const node of fleet.nodes)
    console.log(`${node.name}  ${(await stopNode(dataDir, fleet, node)) ? 'stopped' : 'did not run'}`)
  return 0
})
