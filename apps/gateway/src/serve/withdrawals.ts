import type { PolicyEntry } from '@packages/shared/policy-log'
import { tagsOfEntry } from '@packages/shared/cache-tags'

/** How often something was taken back here: an answer that was made before must not be kept by anybody after. */
export class Withdrawals {
  #count = 0

  get count(): number {
    return this.#count
  }

  add(): void {
    this.#count++
  }

  hear(entries: readonly PolicyEntry[]): void {
    if (entries.some((entry) => tagsOfEntry(entry).length > 0)) this.add()
  }
}
