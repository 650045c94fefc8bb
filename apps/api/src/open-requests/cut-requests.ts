import { HoldfastError } from '@packages/shared/holdfast-error'
import type { PolicyEntry } from '@packages/shared/policy-log'
import type { OpenRequests } from './open-requests.ts'

/**
 * An upload or a download may run for hours, and is authorized when it begins: those that run are ended when their key or session is revoked, and are asked for again when
 * what they hang on has changed. Waits for nothing: the policy log goes on.
 */
export const cutRequests = (entry: PolicyEntry, openRequests: Pick<OpenRequests, 'close' | 'review'>): void => {
  if (entry.kind === 'api-key.revoked') openRequests.close(entry.apiKeyId, new HoldfastError('invalid_token'))
  if (entry.kind === 'session.revoked') openRequests.close(entry.sessionId, new HoldfastError('invalid_token'))
  if (entry.kind === 'api-key.changed') openRequests.review(entry.apiKeyId)
  if (entry.kind === 'user.changed') openRequests.review(entry.userId)
  if (entry.kind === 'organization.changed') openRequests.review(entry.organizationId)
}
