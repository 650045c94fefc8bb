import type { Database } from '@packages/db/open-database'
import { sql } from 'kysely'
import { BatchedQuestions } from './batched-questions.ts'

/** Looks up names of public files, however many unknown ones are asked for, by one statement at a time. */
export class NameFinder {
  readonly #questions: BatchedQuestions<{ cid: string; name: string }, boolean>

  constructor({ kysely }: Pick<Database, 'kysely'>) {
    this.#questions = new BatchedQuestions(async (asked) => {
      const { rows } = await sql<{ place: string }>`
        select asked.place::text as place
        from unnest(${asked.map(({ cid }) => cid)}::text[], ${asked.map(({ name }) => name)}::text[])
          with ordinality as asked (cid, name, place)
        where exists (
          select from contents c join files f on f.content_id = c.id
          where c.realm = 'public' and c.cid = asked.cid and c.state = 'held'
            and f.original_name = asked.name and f.visibility = 'public'
        )`.execute(kysely)
      const found = new Set(rows.map(({ place }) => Number(place) - 1))
      return asked.map((_, index) => found.has(index))
    })
  }

  /** @param cid canonical */
  find(cid: string, name: string): Promise<boolean> {
    return this.#questions.ask({ cid, name })
  }
}
