import type { Database } from '@packages/db/open-database'
import { BatchedQuestions } from '../primary/batched-questions.ts'

/** Looks up IPNS records, however many unknown keys are asked for, by one statement at a time. */
export class RecordFinder {
  readonly #questions: BatchedQuestions<string, Buffer | undefined>

  constructor({ kysely }: Pick<Database, 'kysely'>) {
    this.#questions = new BatchedQuestions(async (keys) => {
      const rows = await kysely
        .selectFrom('ipns_names')
        .where('name', 'in', [...new Set(keys)])
        .select(['name', 'record'])
        .execute()
      const records = new Map(rows.map(({ name, record }) => [name, record]))
      return keys.map((key) => records.get(key))
    })
  }

  /** The newest record, whether its life has ended or not. @param key an IPNS name in canonical form */
  find(key: string): Promise<Buffer | undefined> {
    return this.#questions.ask(key)
  }
}
