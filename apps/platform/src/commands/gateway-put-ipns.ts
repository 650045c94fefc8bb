import { readFile } from 'node:fs/promises'
import { keyNameOf } from '@apps/gateway/request/root-label'
import { InvalidIpnsRecord } from '@packages/content/ipns/ipns-record'
import { putIpnsRecord } from '@packages/db/ipns/put-ipns-record'
import { connectDatabase, migrateDatabase } from '../compose/start-database.ts'
import { usageError } from './command-line.ts'
import { holdDataFolder } from './open-data-folder.ts'
import { runCommand } from './run-command.ts'

const SYNTAX = { takes: 'NAME FILE', words: { min: 2, max: 2 } }
const OUTCOMES = {
  stored: 'is in force now',
  held: 'is the one that is in force',
  older: 'is not newer than the one that is in force, which stays',
  unknown: 'is of a name that is not known',
  'too often': 'is not taken: the name has changed too often',
}

/**
 * `npm run gateway:put-ipns -- NAME FILE`: takes a signed IPNS record, and registers its name with it: newer records of the name
 * are taken from then on by `PUT /routing/v1/ipns/NAME` too.
 */
await runCommand(async (tools, { words: [name = '', file = ''] }) => {
  const { config, logger, stack } = tools
  const key = keyNameOf(name)
  if (key === undefined || file === '')
    throw usageError('Name the IPNS key and the file of its record: npm run gateway:put-ipns -- NAME FILE')
  const record = await readFile(file)
  if (config.database.kind === 'embedded') await holdDataFolder(tools)
  const db = await connectDatabase(config, { stack, logger })
  await migrateDatabase(db, logger)
  try {
    const { result } = await db.unitOfWork.run((uow) => putIpnsRecord(uow, { key, record, register: true }))
    console.log(`The record of /ipns/${key} ${OUTCOMES[result]}.`)
    return 0
  } catch (error) {
    if (!(error instanceof InvalidIpnsRecord)) throw error
    console.error(`This is no valid record of /ipns/${key}. ${error.message}`)
    return 1
  }
}, SYNTAX)
