import type { ItemPlace, MarkerItem } from '../commit-marker.ts'
import type { RecordGroup } from '../read-groups.ts'
import { rootOf } from '../root-keys.ts'
import type { StoreCore } from '../store-core.ts'
import type { CompactionTarget } from './compaction-target.ts'
import type { Pace } from './pace.ts'

/** Markers that are carried over at once: all of them count, or none. */
const CARRY_ITEMS = 256
const ITEM_BYTES = 256

type Kept = MarkerItem & { was: ItemPlace }

const isLater = (a: ItemPlace, b: ItemPlace): boolean => a[0] > b[0] || (a[0] === b[0] && a[1] > b[1])

/**
 * The markers of one segment that a rebuild still needs when the segment is gone: those of live roots, and releases of roots whose own marker
 * is in a segment that stays. Copies keep the place among all markers that the originals have, so that it does not matter when they are made.
 */
export class CarriedMarkers {
  readonly #core: StoreCore
  readonly #segment: number
  readonly #olders: Map<number, { loose: boolean }>
  readonly #kept = new Map<string, Kept>()

  constructor(core: StoreCore, segment: number) {
    this.#core = core
    this.#segment = segment
    this.#olders = core.index.shadowsOf(segment)
  }

  async note(group: RecordGroup, pace: Pace): Promise<void> {
    for (const [order, item] of group.items.entries()) {
      const was = item.was ?? [group.sequence, order]
      const id = `${item.kind === 'release' ? '-' : '+'}${item.contentId}`
      const known = this.#kept.get(id)
      if ((known === undefined || isLater(was, known.was)) && this.#isNeeded(item)) this.#kept.set(id, { ...item, was })
      await pace.spend(0)
    }
  }

  #isNeeded(item: MarkerItem): boolean {
    if (item.kind !== 'release') return rootOf(this.#core.index, item.contentId)?.value.segment === this.#segment
    if (this.#core.faults.forgetReleases || this.#olders.size === 0) return false
    return item.of === undefined || this.#olders.has(item.of) || [...this.#olders.values()].some(({ loose }) => loose)
  }

  get isEmpty(): boolean {
    return this.#kept.size === 0
  }

  /** Carries everything over that is still needed. @returns the bytes that were written, about */
  async carry(target: CompactionTarget, pace: Pace): Promise<void> {
    for (let left = [...this.#kept.values()]; left.length > 0; ) {
      const items = left.slice(0, CARRY_ITEMS).filter((item) => this.#isNeeded(item))
      const { faults, meta } = this.#core
      const now: ItemPlace = [meta.sequence + 1, 0]
      const written = faults.carryAsNew ? items.map((item) => ({ ...item, was: now })) : items
      if (items.length > 0) {
        await pace.spend(items.length * ITEM_BYTES)
        if (!(await target.carry(this.#segment, written))) continue
      }
      left = left.slice(CARRY_ITEMS)
    }
  }
}
