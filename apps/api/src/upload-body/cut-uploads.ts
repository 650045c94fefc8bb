import { HoldfastError } from '@packages/shared/holdfast-error'
import type { PolicyEntry } from '@packages/shared/policy-log'
import type { OpenUploads } from './open-uploads.ts'

/**
 * An upload may run for hours, and is authorized when it begins: those that run are ended when their key or session is revoked, and are asked for again when
 * what they hang on has changed. Waits for nothing: the policy log goes on.
 */
export const cutUploads = (entry: PolicyEntry, openUploads: Pick<OpenUploads, 'close' | 'review'>): void => {
  if (entry.kind === 'api-key.revoked') openUploads.close(entry.apiKeyId, new HoldfastError('invalid_token'))
  if (entry.kind === 'session.revoked') openUploads.close(entry.sessionId, new HoldfastError('invalid_token'))
  if (entry.kind === 'api-key.changed') openUploads.review(entry.apiKeyId)
  if (entry.kind === 'user.changed') openUploads.review(entry.userId)
  if (entry.kind === 'organization.changed') openUploads.review(entry.organizationId)
}
