const EVERY_MS = 10_000

/**
 * What strangers can have happen as often as they like must not fill a disk with lines: of each kind one is written in ten seconds, which says how many were left out before it. Kinds are the
 * caller's own words, not strangers'.
 */
export class SparseLog {
  readonly #everyMs: number
  readonly #kinds = new Map<string, { writtenAt: number; leftOut: number }>()

  constructor(everyMs = EVERY_MS) {
    this.#everyMs = everyMs
  }

  /** @param write is called for those that are written, with how many of this kind were not since the last one that was */
  tell(kind: string, write: (leftOut: number) => void): void {
    const now = performance.now()
    const before = this.#kinds.get(kind)
    if (before !== undefined && now - before.writtenAt < this.#everyMs) {
      before.leftOut++
      return
    }
    this.#kinds.set(kind, { writtenAt: now, leftOut: 0 })
    write(before?.leftOut ?? 0)
  }
}
