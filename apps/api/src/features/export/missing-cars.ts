import type { WhyUnreadable } from '@packages/content/dag/why-unreadable'
import { type ArchiveEntry, textEntry } from './tar-archive.ts'

/** A CAR that an archive should have and has not, for its blocks cannot be read. */
export type MissingCar = { car: string; why: WhyUnreadable; cid: string; names: string[] }

const PAGE = 1_000

/** What an archive says of what it lacks, a line for each. Memory does not grow with them. */
export class MissingCars {
  readonly #waiting: MissingCar[] = []
  #count = 0
  #pages = 0

  get count(): number {
    return this.#count
  }

  add(missing: MissingCar): void {
    this.#waiting.push(missing)
    this.#count++
  }

  /** Those that no file of the archive has yet; full pages only, unless it is the end. */
  *pages(at: 'now' | 'end'): Generator<ArchiveEntry> {
    while (this.#waiting.length >= (at === 'end' ? 1 : PAGE)) {
      const lines = this.#waiting.splice(0, PAGE).map((missing) => `${JSON.stringify(missing)}\n`)
      yield textEntry(`missing/${String(++this.#pages).padStart(6, '0')}.jsonl`, lines.join(''))
    }
  }
}
