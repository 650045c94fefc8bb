import { type Keys, openKeys } from '@packages/db/keys/open-keys'
import type { Database } from '@packages/db/open-database'
import type { Config } from '@packages/runtime/config'
import { keyCommand } from '@packages/runtime/master-keys/key-command'
import { keyFile, operatorsKeyFile } from '@packages/runtime/master-keys/key-file'
import { givenKeys, type MasterKeySource } from '@packages/runtime/master-keys/master-key-source'
import type { MinimalLogger } from '@packages/runtime/minimal-logger'

/** Where the settings say that the master key is. */
export const masterKeySource = ({ masterKey, dataDir }: Pick<Config, 'masterKey' | 'dataDir'>): MasterKeySource => {
  if (masterKey.kind === 'given') return givenKeys(masterKey.keys)
  if (masterKey.kind === 'operators-file') return operatorsKeyFile(masterKey.path)
  return masterKey.kind === 'command' ? keyCommand(masterKey.command) : keyFile(dataDir)
}

/** @throws StartError when the master key is missing */
export const openPlatformKeys = async (
  config: Config,
  { db, logger, create }: { db: Database; logger: MinimalLogger; create: boolean },
): Promise<Keys> => {
  const source = masterKeySource(config)
  const keys = await openKeys({ kysely: db.kysely, source, create })
  if (!keys.fits)
    logger.error(
      { place: source.place },
      'the master key is not the one of this database: private files and sealed secrets do not open; give the key that it was used with',
    )
  return keys
}
