import type { Database } from '@packages/db/open-database'

/** An organization changes them rarely, and uploads are many. */
const KEPT_MS = 2_000
const MAX_KEPT = 1_000

/** The zones in which uploads of an organization have to have a copy, as of some seconds ago. */
export class DefaultZones {
  readonly #db: Pick<Database, 'kysely'>
  readonly #kept = new Map<string, { at: number; zones: readonly string[] }>()

  constructor(db: Pick<Database, 'kysely'>) {
    this.#db = db
  }

  readonly of = async (organizationId: string): Promise<readonly string[]> => {
    const now = performance.now()
    const kept = this.#kept.get(organizationId)
    if (kept !== undefined && now - kept.at < KEPT_MS) return kept.zones
    const row = await this.#db.kysely
      .selectFrom('organizations')
      .select('replication_zones')
      .where('id', '=', organizationId)
      .executeTakeFirst()
    const zones = row?.replication_zones ?? []
    if (this.#kept.size >= MAX_KEPT) this.#kept.clear()
    this.#kept.set(organizationId, { at: now, zones })
    return zones
  }
}
