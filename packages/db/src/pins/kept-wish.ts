import type { ReplicationWish } from '@packages/shared/replication'

/** A wish as `pins.replication_wish` has it; undefined for one that says nothing. */
export const keptWish = (wish: ReplicationWish | undefined): ReplicationWish | undefined =>
  wish === undefined || Object.values(wish).every((value) => value === undefined) ? undefined : wish
