import { requireFleet } from './kubo-fleet/fleet-file.ts'
import { lineOf, reportFleet } from './kubo-fleet/report-fleet.ts'
import { runCommand } from './run-command.ts'

/** `npm run ipfs:status`: how the nodes of `ipfs:up` are, as the platform would see them. Exit code 1 when one of them cannot be used. */
await runCommand(async ({ config: { dataDir } }) => {
  const reports = await reportFleet(await requireFleet(dataDir))
  for (const report of reports) {
    console.log(lineOf(report))
    for (const warning of report.warnings) console.log(`  could be set better: ${warning}`)
  }
  return reports.every(({ state }) => state === 'up') ? 0 : 1
})
