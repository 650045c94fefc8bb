import type { LogPosition } from '@packages/shared/policy-log'

/** Negative when `a` comes before `b`, 0 when they are the same place. Both parts are 64-bit numbers in text. */
export const comparePositions = (a: LogPosition, b: LogPosition): number => {
  if (a.xid !== b.xid) return BigInt(a.xid) < BigInt(b.xid) ? -1 : 1
  if (a.id === b.id) return 0
  return BigInt(a.id) < BigInt(b.id) ? -1 : 1
}
