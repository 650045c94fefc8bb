import { randomBytes } from 'node:crypto'
import { givenKeys } from '@packages/runtime/master-keys/master-key-source'
import { type Keys, openKeys } from './keys/open-keys.ts'
import type { Database } from './open-database.ts'

/** Keys for a test's database, under a master key of its own unless one is given. */
export const testKeys = ({ kysely }: Pick<Database, 'kysely'>, master: Uint8Array = randomBytes(32)): Promise<Keys> =>
  openKeys({ kysely, source: givenKeys([master]), create: true })
