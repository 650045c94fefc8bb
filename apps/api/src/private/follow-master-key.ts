import type { TenantKeys } from '@packages/db/keys/tenant-keys'
import type { Tables } from '@packages/db/tables'
import type { MinimalLogger } from '@packages/runtime/minimal-logger'
import type { PolicyEntry } from '@packages/shared/policy-log'
import type { Kysely } from 'kysely'

export type FollowMasterKeyDeps = {
  kysely: Kysely<Tables>
  tenantKeys: Pick<TenantKeys, 'reloadMasterKeys'>
  logger: MinimalLogger
}

/**
 * Reads the master key again when a version came or went, so that an old one leaves the memory. Nobody waits for it: revocations must
 * not wait for a key management service, and what is not held is read when it is needed.
 */
export const followMasterKey = (
  { kysely, tenantKeys, logger }: FollowMasterKeyDeps,
  entries: readonly PolicyEntry[],
): void => {
  if (!entries.some(({ kind }) => kind === 'master-key.changed')) return
  void tenantKeys
    .reloadMasterKeys(kysely)
    .catch((error: unknown) => logger.warn({ err: error }, 'the master key was replaced and cannot be read now'))
}
