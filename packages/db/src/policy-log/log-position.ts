import type { LogPosition } from '@packages/shared/policy-log'

/** Below, at, or above: by transaction number first, then by entry. */
export const comparePositions = (a: LogPosition, b: LogPosition): number =>
  compareBigints(BigInt(a.xid), BigInt(b.xid)) || compareBigints(BigInt(a.id), BigInt(b.id))

const compareBigints = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0)
