import { auditSigningKey, HeadSignatureError, headsPath, SignedHeads } from '@packages/db/audit/signed-heads'
import { verifyAuditLog } from '@packages/db/audit/verify-audit-log'
import { openPlatformKeys } from '../compose/open-keys.ts'
import { connectDatabase } from '../compose/start-database.ts'
import { holdDataFolder } from './open-data-folder.ts'
import { runCommand } from './run-command.ts'

/**
 * `npm run audit:verify`: reads the whole audit log again and compares it with its signed heads. Names the first bad row
 * and ends with exit code 1 when there is one. The embedded database belongs to a running platform: stop that first.
 */
await runCommand(async (tools) => {
  const { config, logger, stack } = tools
  if (config.database.kind === 'embedded') await holdDataFolder(tools)
  const db = await connectDatabase(config, { stack, logger })
  const { masterKey } = await openPlatformKeys(config, { db, logger, create: false })
  const key = auditSigningKey(masterKey)
  try {
    const report = await verifyAuditLog(db.kysely, await SignedHeads.open(headsPath(config.dataDir), key))
    const { rows, lastSeq, signedSeq, unsealed, problem } = report
    console.log(`${rows} rows verified, the last is ${lastSeq}; signed up to ${signedSeq}; ${unsealed} not sealed yet.`)
    if (problem === null) return 0
    console.log(`BAD: row ${problem.seq} is ${problem.kind}${problem.id === null ? '' : ` (id ${problem.id})`}.`)
  } catch (error) {
    if (!(error instanceof HeadSignatureError)) throw error
    console.log(`BAD: ${error.message}.`)
  }
  return 1
})
