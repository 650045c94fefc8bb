import type { Database } from '@packages/db/open-database'
import { BatchedQuestions } from '../primary/batched-questions.ts'

/** A record that is kept here, whether its life has ended or not. */
export type KeptRecord = {
  record: Buffer
  /** Its key is kept here too: nobody else publishes it. */
  isOwn: boolean
}

/** Looks up IPNS records, however many unknown keys are asked for, by one statement at a time. */
export class RecordFinder {
  readonly #questions: BatchedQuestions<string, KeptRecord | undefined>

  constructor({ kysely }: Pick<Database, 'kysely'>) {
    this.#questions = new BatchedQuestions(async (keys) => {
      const rows = await kysely
        .selectFrom('ipns_names')
        .where('name', 'in', [...new Set(keys)])
        .select(['name', 'record', 'key_id'])
        .execute()
      const records = new Map(rows.map(({ name, record, key_id }) => [name, { record, isOwn: key_id !== null }]))
      return keys.map((key) => records.get(key))
    })
  }

  /** @param key an IPNS name in canonical form */
  find(key: string): Promise<KeptRecord | undefined> {
    return this.#questions.ask(key)
  }
}
