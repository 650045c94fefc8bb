import { HoldfastError } from '@packages/shared/holdfast-error'
import { NO_ORGANIZATION } from '../../authorization/actor.ts'
import type { Membership } from './credential-repository.ts'

/** Names the organization of a request; by default the key's, or the user's first. */
export const ORGANIZATION_HEADER = 'holdfast-org'

/** Of a user without any: what is about themselves still works, and an invitation can be taken. */
const NONE: Membership = { organizationId: NO_ORGANIZATION, role: 'unknown', state: 'active' }

/**
 * Pure: which of the caller's organizations a request means.
 * @throws HoldfastError `not_found` for one that is not the caller's, whether it exists or not
 */
export const selectOrganization = (memberships: readonly Membership[], wanted: string | undefined): Membership => {
  if (wanted === undefined) return memberships[0] ?? NONE
  const found = memberships.find((one) => one.organizationId === wanted)
  if (found !== undefined) return found
  throw new HoldfastError('not_found', { detail: 'There is no such organization.' })
}
