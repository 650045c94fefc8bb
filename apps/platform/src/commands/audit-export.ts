import { exportAuditLog } from '@packages/db/audit/read-audit-log'
import { connectDatabase } from '../compose/start-database.ts'
import { holdDataFolder } from './open-data-folder.ts'
import { runCommand } from './run-command.ts'

const write = (text: string): Promise<void> =>
  new Promise((resolve, reject) => process.stdout.write(text, (error) => (error ? reject(error) : resolve())))

/**
 * `npm run --silent audit:export > audit.jsonl`: all rows of all organizations as JSON lines, oldest first. The embedded
 * database belongs to a running platform: stop that first.
 */
await runCommand(async (tools) => {
  const { config, logger, stack } = tools
  if (config.database.kind === 'embedded') await holdDataFolder(tools)
  const db = await connectDatabase(config, { stack, logger })
  for await (const page of exportAuditLog(db.kysely, {}, new AbortController().signal))
    await write(
      page.map(({ hash, ...row }) => `${JSON.stringify({ ...row, hash: hash?.toString('hex') ?? null })}\n`).join(''),
    )
  return 0
})
