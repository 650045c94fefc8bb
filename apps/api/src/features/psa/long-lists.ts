import { hash } from 'node:crypto'

/** Counts are exact up to here; beyond, this is what a list tells: there are at least so many (ADR 0130). */
export const COUNT_BOUND = 10_001
const REMEMBERED_MS = 10_000
const MAX_LISTS = 10_000

/** What a list is asked for: all that its pins depend on but how many, as one text, and before when, in UTC with six digits of a second. */
export type AskedList = { list: string; before: string | undefined }

/** Of all times the last, for PostgreSQL and where times are compared as texts. */
const END = 'infinity'

export type LongListsOptions = { bound?: number; rememberedMs?: number; maxLists?: number; now?: () => number }

/**
 * Lists that were found to have more pins than are counted: for a while they are not counted again (ADR 0169). A list that is that long before a time is
 * so before each later one. Keeps some 200 bytes a list.
 */
export class LongLists {
  /** Counting ends here. */
  readonly bound: number
  readonly now: () => number
  readonly #rememberedMs: number
  readonly #maxLists: number
  readonly #known = new Map<string, { from: string; until: number }>()

  constructor({ bound = COUNT_BOUND, rememberedMs = REMEMBERED_MS, maxLists = MAX_LISTS, now }: LongListsOptions = {}) {
    this.bound = bound
    this.#rememberedMs = rememberedMs
    this.#maxLists = maxLists
    // Not by dates: a clock that is set back would remember for as long.
    this.now = now ?? (() => performance.now())
  }

  isLong({ list, before = END }: AskedList): boolean {
    const known = this.#known.get(keyOf(list))
    return known !== undefined && known.until > this.now() && known.from <= before
  }

  /** @param from the earliest time before which it is that long @param asked when the database was asked, by `now` */
  remember(list: string, from: string | undefined, asked: number): void {
    const key = keyOf(list)
    this.#known.delete(key)
    this.#known.set(key, { from: from ?? END, until: asked + this.#rememberedMs })
    if (this.#known.size <= this.#maxLists) return
    const oldest = this.#known.keys().next().value
    if (oldest !== undefined) this.#known.delete(oldest)
  }

  forget(list: string): void {
    this.#known.delete(keyOf(list))
  }
}

/** A list's text may be as long as a request. */
const keyOf = (list: string): string => hash('sha256', list, 'base64')
