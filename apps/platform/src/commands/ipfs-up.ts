import { nodesFile, planFleet, readFleet } from './kubo-fleet/fleet-file.ts'
import { lineOf, reportFleet } from './kubo-fleet/report-fleet.ts'
import { startFleet } from './kubo-fleet/start-fleet.ts'
import { runCommand } from './run-command.ts'

const MAX_NODES = 20
const SYNTAX = {
  takes: '[--nodes 1…20] [--network local|private|public]',
  options: { nodes: { type: 'string' }, network: { type: 'string' } },
} as const

/**
 * `npm run ipfs:up`: makes Kubo nodes with the recommended settings and runs them, each a process of its own that goes on when this ends, and tells with which
 * settings the platform uses them (docs/operations/kubo.md). May be killed and run again.
 */
await runCommand(async ({ config: { dataDir } }, { values, misuse }) => {
  const wanted = values.nodes === undefined ? null : Number(values.nodes)
  const network = values.network ?? null
  const isNetwork = network === null || network === 'local' || network === 'private' || network === 'public'
  if (!isNetwork || (wanted !== null && !(Number.isInteger(wanted) && wanted >= 1 && wanted <= MAX_NODES))) throw misuse
  const before = await readFleet(dataDir)
  const fleet = await planFleet(dataDir, { wanted, network })
  if (before !== null && wanted !== null && wanted < before.nodes.length)
    console.error(`There are ${before.nodes.length} nodes already: docs/operations/kubo.md says how one is taken away.`)
  const started = await startFleet(dataDir, fleet)
  const reports = await reportFleet(fleet)
  console.log(`${fleet.nodes.length} ${fleet.network} nodes, ${started.length} of them started now:`)
  for (const report of reports) console.log(`  ${lineOf(report)}`)
  console.log('The platform uses them with these settings:')
  console.log('  IPFS_BACKEND=kubo')
  console.log(`  KUBO_NODES_FILE=${nodesFile(dataDir)}`)
  if (fleet.network === 'local') console.log('  IPFS_DIAL_PRIVATE=yes')
  return reports.every(({ state }) => state === 'up') ? 0 : 1
}, SYNTAX)
