import type { PolicyEntry } from '@packages/shared/policy-log'
import { type Hashed, type Takedown, takedownKey, takedownStatusOf } from '@packages/shared/takedown'
import type { Kysely } from 'kysely'
import type { Tables } from './tables.ts'

/** By `takedownKey`. */
export type TakedownList = readonly (readonly [string, Takedown])[]

/** All that are in force. Take the place in the policy log first, and apply what comes after it. */
export const readTakedowns = async (db: Kysely<Tables>): Promise<TakedownList> => {
  const rows = await db
    .selectFrom('takedowns')
    .select(['multihash', 'status', 'case_number'])
    .where('lifted_at', 'is', null)
    .execute()
  return rows.map(({ multihash, status, case_number }) => [
    multihash,
    { status: takedownStatusOf(status), caseNumber: case_number },
  ])
}

/** What is taken down now, in memory: there are few, and they are asked for on every way in and out. */
export class Takedowns {
  readonly #byKey: Map<string, Takedown>

  constructor(list: TakedownList = []) {
    this.#byKey = new Map(list)
  }

  get size(): number {
    return this.#byKey.size
  }

  /** For who begins later. */
  list(): TakedownList {
    return [...this.#byKey]
  }

  of(cid: Hashed): Takedown | undefined {
    return this.#byKey.size === 0 ? undefined : this.#byKey.get(takedownKey(cid))
  }

  /** Entries may come twice. @returns whether any of them is about a takedown */
  hear(entries: readonly PolicyEntry[]): boolean {
    let changed = false
    for (const entry of entries) {
      if (entry.kind !== 'takedown.changed') continue
      changed = true
      if (entry.takedown === null) this.#byKey.delete(entry.key)
      else this.#byKey.set(entry.key, entry.takedown)
    }
    return changed
  }
}
