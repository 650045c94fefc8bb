import { Mailbox } from '@apps/api/features/auth/mailbox'
import { resetInUnitOfWork } from '@apps/api/features/auth/second-factor/reset-second-factor'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { openPlatformKeys } from '../compose/open-keys.ts'
import { connectDatabase, migrateDatabase } from '../compose/start-database.ts'
import { holdDataFolder } from './open-data-folder.ts'
import { runCommand } from './run-command.ts'

const SYNTAX = { takes: 'ada@example.org', words: { min: 1, max: 1 } }

/**
 * `npm run mfa:reset -- ada@example.org`: takes a lost second factor away, for an operator who has nobody else to ask. All sessions of
 * the account end in every process within a second, and its owner is told by mail.
 */
await runCommand(async (tools, { words, misuse }) => {
  const { config, logger, stack } = tools
  const email = words[0]?.trim().toLowerCase()
  if (email === undefined || email === '') throw misuse
  if (config.database.kind === 'embedded') await holdDataFolder(tools)
  const db = await connectDatabase(config, { stack, logger })
  await migrateDatabase(db, logger)
  const { masterKey } = await openPlatformKeys(config, { db, logger, create: true })
  const mailbox = config.mail === null ? null : new Mailbox({ masterKey, publicUrl: config.publicUrl })
  try {
    // Whoever has the machine has the mail's settings too: a proof by mail would prove nothing, and lock the last operator out where mail fails.
    const reset = { email, reason: 'by npm run mfa:reset', actorId: null, takesPassword: false }
    await db.unitOfWork.run((uow) => resetInUnitOfWork(uow, mailbox, reset))
  } catch (error) {
    if (!(error instanceof HoldfastError) || error.code !== 'not_found') throw error
    console.error(error.message)
    return 1
  }
  console.log(`${email} signs in with the password alone from now on.`)
  return 0
}, SYNTAX)
