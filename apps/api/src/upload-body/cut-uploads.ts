import type { Database } from '@packages/db/open-database'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { PolicyEntry } from '@packages/shared/policy-log'
import type { OpenUploads } from './open-uploads.ts'

export type CutUploadsDeps = { kysely: Database['kysely']; openUploads: OpenUploads }

/**
 * An upload may run for hours, and is authorized when it begins: those that run are ended when their key or session is revoked, or
 * their organization is closed to changes.
 */
export const cutUploads = async (entry: PolicyEntry, { kysely, openUploads }: CutUploadsDeps): Promise<void> => {
  if (entry.kind === 'api-key.revoked') openUploads.close(entry.apiKeyId, new HoldfastError('invalid_token'))
  if (entry.kind === 'session.revoked') openUploads.close(entry.sessionId, new HoldfastError('invalid_token'))
  if (entry.kind !== 'organization.changed') return
  const { organizationId } = entry
  const row = await kysely
    .selectFrom('organizations')
    .select('state')
    .where('id', '=', organizationId)
    .executeTakeFirst()
  if (row?.state === 'active') return openUploads.reopen(organizationId)
  const code = row?.state === 'read-only' ? 'organization_read_only' : 'organization_suspended'
  openUploads.close(organizationId, new HoldfastError(code))
}
