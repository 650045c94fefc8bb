import { describe, expect, it } from 'vitest'
import { collectionHalt, mayBeOrphan, ORPHAN_FLOOR_BYTES, ORPHAN_MIN_AGE_MS } from './orphan-policy.ts'

const GIB = 2 ** 30

describe('collectionHalt', () => {
  const sums = { quarantinedBytes: 0, quarantinedRoots: 0, ownedRoots: 10, storeBytes: 100 * GIB }

  it('lets up to 1 % of a large store go', () => {
    expect(collectionHalt({ ...sums, quarantinedBytes: GIB, quarantinedRoots: 1 })).toBeNull()
    expect(collectionHalt({ ...sums, quarantinedBytes: GIB + 1, quarantinedRoots: 1 })).toContain('belong to nobody')
  })

  it('lets the leftovers of a few crashes go from a small store', () => {
    const small = { ...sums, storeBytes: 10_000, quarantinedRoots: 3 }
    expect(collectionHalt({ ...small, quarantinedBytes: ORPHAN_FLOOR_BYTES })).toBeNull()
    expect(collectionHalt({ ...small, quarantinedBytes: ORPHAN_FLOOR_BYTES + 1 })).not.toBeNull()
  })

  it('lets nothing go while nothing at all has an owner, however small the store is', () => {
    expect(collectionHalt({ ...sums, ownedRoots: 0, quarantinedRoots: 1, quarantinedBytes: 1 })).not.toBeNull()
    expect(collectionHalt({ ...sums, ownedRoots: 0 })).toBeNull()
  })
})

describe('mayBeOrphan', () => {
  const root = { contentId: 'a', addedAt: 1_000 }

  it('asks only about roots of an hour and more that nobody is at work on', () => {
    const old = root.addedAt + ORPHAN_MIN_AGE_MS
    expect(mayBeOrphan(root, new Set(), old)).toBe(true)
    expect(mayBeOrphan(root, new Set(), old - 1)).toBe(false)
    expect(mayBeOrphan(root, new Set(['a']), old)).toBe(false)
  })
})
