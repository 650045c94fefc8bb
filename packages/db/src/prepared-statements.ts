import { createHash } from 'node:crypto'
import type { PostgresPool, PostgresPoolClient } from 'kysely'
import type { Pool, PoolClient } from 'pg'
import { PipelinedTransactions } from './pipelined-transactions.ts'

/**
 * A statement whose text starts with this is parsed and planned once per connection, which halves its price. Only for
 * texts of which there are few, as the server keeps each one as long as the connection lives. A plan that looks rows up would be
 * kept from when the table was small (measured: it read all contents for each batch until the next ANALYZE): such a
 * statement must be planned anew as its table grows, as `plansOf` in `ingest/read-ingest-facts.ts` does.
 */
const MARK = '/* prepared */'

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
        const named = text.trimStart().startsWith(MARK) ? { name: nameOf(text) } : {}
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
