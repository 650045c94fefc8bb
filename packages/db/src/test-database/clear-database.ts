import type { Database } from '../open-database.ts'

/** In an order that foreign keys allow; the rest goes by cascade. */
const TABLES = [
  'erasures',
  'organizations',
  'ipns_names',
  'contents',
  'store_instances',
  'nodes',
  'tombstones',
  'quarantine',
  'events',
  'audit_log',
  'policy_log',
  'gateway_sessions',
  'cache_purges',
  'cache_purge_cursor',
  'idempotency_keys',
  'signing_keys',
  'master_keys',
  'verifications',
  'jobs.job',
]

export const clearDatabase = async ({ pool }: Pick<Database, 'pool'>): Promise<void> => {
  const deletions = TABLES.map((table) => `delete from ${table};`).join('')
  await pool.query(
    `select set_config('holdfast.audit_retention', 'on', true); ${deletions} delete from plans where name not in ('unlimited', 'trial'); delete from platform_setup; delete from users; insert into platform_setup default values`,
  )
}
