import type { Database } from '@packages/db/open-database'
import { sql } from 'kysely'

type Question = { cid: string; name: string; resolve(found: boolean): void; reject(error: unknown): void }

const MAX_BATCH = 500

/**
 * Looks up names of public files. Questions that come while a statement runs go together into the next one, so that
 * a crowd of unknown names costs the database one connection at most.
 */
export class NameFinder {
  readonly #kysely: Database['kysely']
  #waiting: Question[] = []
  #running = false

  constructor(db: Pick<Database, 'kysely'>) {
    this.#kysely = db.kysely
  }

  /** @param cid canonical */
  find(cid: string, name: string): Promise<boolean> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ cid, name, resolve, reject })
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
      const { rows } = await sql<{ place: string }>`
        select asked.place::text as place
        from unnest(${batch.map(({ cid }) => cid)}::text[], ${batch.map(({ name }) => name)}::text[])
          with ordinality as asked (cid, name, place)
        where exists (
          select from contents c join files f on f.content_id = c.id
          where c.realm = 'public' and c.cid = asked.cid and c.state = 'held'
            and f.original_name = asked.name and f.visibility = 'public'
        )`.execute(this.#kysely)
      const found = new Set(rows.map(({ place }) => Number(place) - 1))
      for (const [index, question] of batch.entries()) question.resolve(found.has(index))
    } catch (error) {
      for (const question of batch) question.reject(error)
    }
  }
}
