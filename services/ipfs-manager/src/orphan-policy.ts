/** A root younger than this may belong to an upload whose rows are still to come (hard case 7). */
export const ORPHAN_MIN_AGE_MS = 60 * 60_000

/** What no row owns waits this long before it gets its tombstone (rule 9). */
export const QUARANTINE_MS = 7 * 24 * 60 * 60_000

/** Of the time before this process, which nobody measured, a root is believed to have waited so long at most (ADR 0089). */
export const UNMEASURED_WAIT_MS = 24 * 60 * 60_000

/** More than this share of a store in quarantine is no leftover of crashes, but a sign that the rows are wrong. */
export const MAX_ORPHAN_SHARE = 0.01

/** On a small store one interrupted upload is more than the share: up to this much is collected whatever the share. */
export const ORPHAN_FLOOR_BYTES = 64 * 1024 * 1024

export type OrphanSums = {
  /** Bytes of everything in quarantine, blocks that others share counted too. */
  quarantinedBytes: number
  quarantinedRoots: number
  /** Roots of this store that a row owns. */
  ownedRoots: number
  storeBytes: number
}

/**
 * Pure: why nothing may be collected now, or null. A store of which nothing at all has an owner looks at an empty or
 * foreign database, however small it is.
 */
export const collectionHalt = (sums: OrphanSums): string | null => {
  const { quarantinedBytes, quarantinedRoots, ownedRoots, storeBytes } = sums
  if (quarantinedRoots > 0 && ownedRoots === 0) return 'no root of the store has an owner in the database'
  const limit = Math.max(storeBytes * MAX_ORPHAN_SHARE, ORPHAN_FLOOR_BYTES)
  if (quarantinedBytes <= limit) return null
  return `${quarantinedBytes} bytes of the store belong to nobody; ${Math.floor(limit)} would be usual at most`
}

/** Pure: whether a root may be asked about at all. `inFlight` must have been read before the rows are. */
export const mayBeOrphan = (
  root: { contentId: string; addedAt: number },
  inFlight: ReadonlySet<string>,
  now: number,
): boolean => root.addedAt <= now - ORPHAN_MIN_AGE_MS && !inFlight.has(root.contentId)
