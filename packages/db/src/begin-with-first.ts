import type { PoolClient, QueryConfig, QueryResult } from 'pg'

const EMPTY: Omit<QueryResult, 'command'> = { rowCount: null, oid: 0, rows: [], fields: [] }

/**
 * Holds BEGIN back and sends it in front of the next statement, without waiting for its answer: one round trip less for
 * each transaction. The connection must be opened with `pipeline`.
 */
export class BeginWithFirst {
  readonly #client: PoolClient
  #begin: string | undefined

  constructor(client: PoolClient) {
    this.#client = client
  }

  query(statement: QueryConfig): Promise<QueryResult> {
    const { text } = statement
    const begin = this.#begin
    this.#begin = undefined
    if (text === 'begin' || text.startsWith('start transaction')) {
      this.#begin = text
      return Promise.resolve({ ...EMPTY, command: 'BEGIN' })
    }
    if (begin === undefined) return this.#client.query(statement)
    // Nothing was begun, so there is nothing to end.
    if (text === 'commit' || text === 'rollback') return Promise.resolve({ ...EMPTY, command: text.toUpperCase() })
    return this.#afterBegin(this.#client.query(begin), this.#client.query(statement))
  }

  async #afterBegin(begun: Promise<QueryResult>, answered: Promise<QueryResult>): Promise<QueryResult> {
    // Both are settled before either failure is told, so that nothing is sent in between.
    const [begin, answer] = await Promise.allSettled([begun, answered])
    if (begin.status === 'rejected') throw begin.reason
    if (answer.status === 'rejected') throw answer.reason
    return answer.value
  }
}
