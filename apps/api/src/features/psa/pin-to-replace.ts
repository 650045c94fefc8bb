import { isDeepStrictEqual } from 'node:util'
import { lockGroups } from '@packages/db/groups/lock-groups'
import { lockContentsOf } from '@packages/db/pins/lock-contents-of'
import { RetryTransaction } from '@packages/db/postgres-errors'
import type { Tables } from '@packages/db/tables'
import type { ReplicationWish } from '@packages/shared/replication'
import type { Transaction } from 'kysely'
import { pinToRemove } from './repository.ts'

type Tx = Transaction<Tables>
/** A pin as it is found, for `requireUnchanged`. */
type Place = { group_id: string | null; replication_wish: ReplicationWish | null; expires_at: Date | null }

export type PinToReplace = {
  has_file: boolean
  refund: number
  place: Place
  /** What this API has no words for, and so stays when another pin takes its place. */
  kept: { groupId: string | null; replication: ReplicationWish | undefined; expiresAt: Date | null }
}

/** As `pinToRemove`, for a pin whose place another one takes. Its group is locked before all else, as everybody does (ADR 0165). */
export const pinToReplace = async (tx: Tx, organizationId: string, id: string): Promise<PinToReplace | undefined> => {
  const place = await placeOf(tx, organizationId, id)
  if (place === undefined) return undefined
  const groups = await lockGroups(tx, [{ groupId: place.group_id }])
  const old = await pinToRemove(tx, organizationId, id)
  if (old === undefined) return undefined
  // Of a group that is being deleted nothing is left.
  const groupId = place.group_id !== null && groups.has(place.group_id) ? place.group_id : null
  const kept = { groupId, replication: place.replication_wish ?? undefined, expiresAt: place.expires_at }
  return { ...old, place, kept }
}

/** Locks its content, under which pins are moved. @throws RetryTransaction when the pin was moved, or its wish or its end changed, since it was found */
export const requireUnchanged = async (tx: Tx, organizationId: string, id: string, before: Place): Promise<void> => {
  await lockContentsOf(tx, organizationId, [id])
  const now = await placeOf(tx, organizationId, id)
  if (now !== undefined && !isDeepStrictEqual(now, before)) throw new RetryTransaction('the pin was changed meanwhile')
}

const placeOf = (tx: Tx, organizationId: string, id: string): Promise<Place | undefined> =>
  tx
    .selectFrom('pins')
    .select(['group_id', 'replication_wish', 'expires_at'])
    .where('id', '=', id)
    .where('organization_id', '=', organizationId)
    .executeTakeFirst()
