import type { BlockKey } from './block-key.ts'
import type { IndexChange } from './index-change.ts'
import type { BlockLocation } from './index-entry.ts'
import type { StoreFaults } from './store-options.ts'

/** A block that an upload brings; without a location when it was not written because the index had it. */
export type DagBlock = { location: BlockLocation | undefined; links: readonly BlockKey[] }

/** The blocks that an upload brings, by key. */
export type DagSource = { find(key: BlockKey): DagBlock | undefined }

export type TakeResult =
  | { state: 'done' }
  /** The slice is full: go on in the next transaction. */
  | { state: 'more' }
  /** Held when the upload was planned, and released since: it must be written again. */
  | { state: 'vanished' }
  | { state: 'missing'; key: BlockKey }

type Frame = { key: BlockKey | undefined; block: DagBlock; next: number }

/**
 * Takes a DAG into the index, children before their parents, so that the index is closed at the end of each slice: whatever it
 * holds, it holds all the links of. A block that is held already is passed by with all below it. Nothing needs to be
 * remembered between slices: what was taken is found as held, and what was released meanwhile is taken again.
 */
export class DagTaker {
  readonly #source: DagSource
  readonly #stack: Frame[]
  readonly #faults: StoreFaults

  constructor(source: DagSource, targets: readonly BlockKey[], faults: StoreFaults = {}) {
    this.#source = source
    this.#stack = [{ key: undefined, block: { location: undefined, links: targets }, next: 0 }]
    this.#faults = faults
  }

  /** Takes up to `budget` blocks; the references of the root itself come with 'done'. */
  step(change: IndexChange, budget: number): TakeResult {
    // Between two slices others may have released what was seen: look again.
    for (const frame of this.#stack) frame.next = 0
    let left = budget
    for (let frame = this.#stack.at(-1); frame !== undefined; frame = this.#stack.at(-1)) {
      const problem = this.#descend(change, frame)
      if (problem === 'pushed') continue
      if (problem !== undefined) return problem
      if (frame.key === undefined) {
        this.#count(change, frame)
      } else if (!change.has(frame.key)) {
        // Between two slices another upload may have brought it: then its links are counted already.
        if (left-- <= 0) return { state: 'more' }
        if (frame.block.location !== undefined) change.add(frame.key, frame.block.location)
        this.#count(change, frame)
      }
      this.#stack.pop()
    }
    return { state: 'done' }
  }

  // Pushes the first link that is not held.
  #descend(change: IndexChange, frame: Frame): TakeResult | 'pushed' | undefined {
    for (; frame.next < frame.block.links.length; frame.next++) {
      const key = frame.block.links[frame.next]
      if (key === undefined || change.has(key)) continue
      const block = this.#source.find(key)
      if (block === undefined) return { state: 'missing', key }
      if (block.location === undefined) {
        if (this.#faults.skipPresenceCheck) continue
        return { state: 'vanished' }
      }
      this.#stack.push({ key, block, next: 0 })
      return 'pushed'
    }
    return undefined
  }

  #count(change: IndexChange, frame: Frame): void {
    if (frame.key === undefined && this.#faults.skipRootReference) return
    for (const link of frame.block.links) {
      if (this.#faults.dropReference?.() || (this.#faults.skipPresenceCheck && !change.has(link))) continue
      change.reference(link)
    }
  }
}
