import { type RawBuilder, sql } from 'kysely'

/** Rows for `jsonb_to_recordset`: one parameter, one statement, however many rows. */
export const recordset = (rows: object[], columns: string): RawBuilder<unknown> =>
  sql`jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as x (${sql.raw(columns)})`
