import type { Database } from '@packages/db/open-database'

type Question = { key: string; resolve(record: Buffer | undefined): void; reject(error: unknown): void }

const MAX_BATCH = 500

/**
 * Looks up IPNS records. Questions that come while a statement runs go together into the next one, so that a crowd of unknown keys
 * costs the database one connection at most.
 */
export class RecordFinder {
  readonly #kysely: Database['kysely']
  #waiting: Question[] = []
  #running = false

  constructor(db: Pick<Database, 'kysely'>) {
    this.#kysely = db.kysely
  }

  /** The newest record, whether its life has ended or not. @param key an IPNS name in canonical form */
  find(key: string): Promise<Buffer | undefined> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ key, resolve, reject })
      if (!this.#running) void this.#run()
    })
  }

  async #run(): Promise<void> {
    this.#running = true
    while (this.#waiting.length > 0) await this.#ask(this.#waiting.splice(0, MAX_BATCH))
    this.#running = false
  }

  async #ask(batch: readonly Question[]): Promise<void> {
    try {
      const keys = [...new Set(batch.map(({ key }) => key))]
      const rows = await this.#kysely
        .selectFrom('ipns_names')
        .where('name', 'in', keys)
        .select(['name', 'record'])
        .execute()
      const records = new Map(rows.map(({ name, record }) => [name, record]))
      for (const { key, resolve } of batch) resolve(records.get(key))
    } catch (error) {
      for (const { reject } of batch) reject(error)
    }
  }
}
