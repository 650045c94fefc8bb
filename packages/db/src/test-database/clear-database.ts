import type { Database } from '../open-database.ts'

/** In an order that foreign keys allow; the rest goes by cascade. */
const TABLES = [
  'organizations',
  'contents',
  'store_instances',
  'nodes',
  'tombstones',
  'quarantine',
  'events',
  'policy_log',
  'gateway_sessions',
  'idempotency_keys',
  'signing_keys',
  'verifications',
  'jobs.job',
]

export const clearDatabase = async ({ pool }: Pick<Database, 'pool'>): Promise<void> => {
  const deletions = TABLES.map((table) => `delete from ${table};`).join('')
  await pool.query(
    `${deletions} delete from platform_setup; delete from users; insert into platform_setup default values`,
  )
}
