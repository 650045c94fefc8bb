import { chooseNodes } from './kubo-fleet/choose-nodes.ts'
import { requireFleet } from './kubo-fleet/fleet-file.ts'
import { stopNode } from './kubo-fleet/node-process.ts'
import { runCommand } from './run-command.ts'

const SYNTAX = { takes: '[NODE …]', words: { min: 0, max: Number.POSITIVE_INFINITY } }

/** `npm run ipfs:down -- [NODE …]`: stops these nodes of `ipfs:up`, or all; what they hold stays, and `ipfs:up` starts them again. */
await runCommand(async ({ config: { dataDir } }, { words }) => {
  const fleet = await requireFleet(dataDir)
  for (const node of chooseNodes(fleet, words))
    console.log(`${node.name}  ${(await stopNode(dataDir, fleet, node)) ? 'stopped' : 'did not run'}`)
  return 0
}, SYNTAX)
