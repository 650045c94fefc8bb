import { HoldfastError } from '@packages/shared/holdfast-error'
import type { Membership } from './credential-repository.ts'

/** Names the organization of a request; by default the key's, or the user's first. */
export const ORGANIZATION_HEADER = 'holdfast-org'

/**
 * Pure: which of the caller's organizations a request means.
 * @throws HoldfastError `not_found` for one that is not the caller's, whether it exists or not; `forbidden` without any
 */
export const selectOrganization = (memberships: readonly Membership[], wanted: string | undefined): Membership => {
  const found = wanted === undefined ? memberships[0] : memberships.find((one) => one.organizationId === wanted)
  if (found !== undefined) return found
  if (wanted === undefined) throw new HoldfastError('forbidden', { detail: 'You are in no organization.' })
  throw new HoldfastError('not_found', { detail: 'There is no such organization.' })
}
