import { createHash } from 'node:crypto'
import { type PostgresPool, type PostgresPoolClient, type RawBuilder, type SelectQueryBuilder, sql } from 'kysely'
import type { Pool, PoolClient } from 'pg'
import { PipelinedTransactions } from './pipelined-transactions.ts'

/**
 * A statement whose text starts or ends with this is parsed and planned once per connection, which halves its price. Only for
 * texts of which there are few, as the server keeps each one as long as the connection lives. A plan that looks rows up would be
 * kept from when the table was small (measured: it read all contents for each batch until the next ANALYZE): such a
 * statement must be planned anew as its table grows, as `plansOf` in `ingest/read-ingest-facts.ts` does.
 */
const MARK = '/* prepared */'

/** For `modifyEnd` of a read by keys: its parsing and planning cost more than all the rest of it. */
export const PREPARED: RawBuilder<unknown> = sql.raw(MARK)

/** How many rows pages have that most callers ask for, with the one more by which the next page is seen. */
const USUAL_LIMITS = new Set([10, 20, 50, 100].flatMap((rows) => [rows, rows + 1]))

/**
 * For `$call`: a page of `limit` rows that are found by keys alone, prepared where the limit is a usual one. The limit stands in the text
 * then: the server takes a plan for any number of rows for dearer than planning each time.
 */
export const preparedPage =
  (limit: number) =>
  <DB, TB extends keyof DB, O>(query: SelectQueryBuilder<DB, TB, O>): SelectQueryBuilder<DB, TB, O> =>
    USUAL_LIMITS.has(limit) ? query.limit(sql.lit(limit)).modifyEnd(PREPARED) : query.limit(limit)

/** The same for the end of a statement that is written as text. */
export const preparedLimit = (limit: number): RawBuilder<unknown> =>
  USUAL_LIMITS.has(limit) ? sql`limit ${sql.lit(limit)} ${PREPARED}` : sql`limit ${limit}`

const isMarked = (text: string): boolean => text.trimStart().startsWith(MARK) || text.endsWith(MARK)

const names = new Map<string, string>()

const nameOf = (text: string): string => {
  const known = names.get(text)
  if (known !== undefined) return known
  const name = createHash('sha256').update(text).digest('hex').slice(0, 32)
  names.set(text, name)
  return name
}

/**
 * The pool as Kysely takes it, with marked statements prepared and transactions that wait less for the server. Streaming by
 * cursors is not offered.
 */
export const preparingPool = (pool: Pool): PostgresPool => {
  const wrapped = new WeakMap<PoolClient, PostgresPoolClient>()
  const wrap = (client: PoolClient): PostgresPoolClient => {
    const connection = new PipelinedTransactions(client)
    const wrapper: PostgresPoolClient = {
      query: (text: unknown, values: readonly unknown[] = []): never => {
        if (typeof text !== 'string') throw new TypeError('streaming is not offered')
        const named = isMarked(text) ? { name: nameOf(text) } : {}
        // Kysely's type unites two signatures, of which only the one for texts is used.
        return connection.query({ ...named, text, values: [...values] }) as never
      },
      release: (destroy) => client.release(destroy),
    }
    wrapped.set(client, wrapper)
    return wrapper
  }
  return {
    options: pool.options,
    connect: async () => {
      const client = await pool.connect()
      return wrapped.get(client) ?? wrap(client)
    },
    end: () => pool.end(),
  }
}
