/**
 * What uploads may hold at once, and how slow one may be: each open one holds about 1.4 MB, so that a few hundred that
 * trickle would take all memory.
 */
export const UPLOAD_LIMITS = {
  openPerOrganization: 64,
  openPerProcess: 256,
  /** What a refused sender is told to wait. */
  retryAfterSeconds: 5,
  /** How long an upload may send nothing. */
  idleMs: 60_000,
  /** After having been waited for this long in all, a body must have come in at this average rate. */
  slowMs: 60_000,
  minBytesPerSecond: 1024,
} as const
