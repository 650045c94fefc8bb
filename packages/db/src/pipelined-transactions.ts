import type { Writable } from 'node:stream'
import type { PoolClient, QueryConfig, QueryResult } from 'pg'

/** Ends the text of a statement after which nothing is done in its transaction but COMMIT. */
export const LAST = '/* last */'

/**
 * Saves two round trips of each transaction: BEGIN is held back and sent in front of the first statement, and COMMIT goes
 * right behind a statement that is marked as the last one, which the server takes for a rollback when that one failed. The
 * connection must be opened with `pipeline`.
 */
export class PipelinedTransactions {
  readonly #client: PoolClient
  #begin: string | undefined
  #committed: Promise<QueryResult> | undefined

  constructor(client: PoolClient) {
    this.#client = client
  }

  query(statement: QueryConfig): Promise<QueryResult> {
    const { text } = statement
    if (this.#committed !== undefined) return this.#afterLast(text, this.#committed)
    if (text === 'begin' || text.startsWith('start transaction')) {
      this.#begin = text
      return Promise.resolve(answerOf('BEGIN'))
    }
    const begin = this.#begin
    this.#begin = undefined
    // Nothing was begun, so there is nothing to end.
    if (begin !== undefined && (text === 'commit' || text === 'rollback'))
      return Promise.resolve(answerOf(text.toUpperCase()))
    return inOneWrite(this.#client, () => {
      const begun = begin === undefined ? undefined : this.#client.query(begin)
      const answered = this.#client.query(statement)
      if (text.trimEnd().endsWith(LAST)) {
        this.#committed = this.#client.query('commit')
        this.#committed.catch(() => undefined)
      }
      return begun === undefined ? answered : both(begun, answered)
    })
  }

  async #afterLast(text: string, committed: Promise<QueryResult>): Promise<QueryResult> {
    if (text !== 'commit' && text !== 'rollback') throw new Error('the transaction was ended with its last statement')
    this.#committed = undefined
    const answer = await committed
    if (text === 'rollback' && answer.command === 'COMMIT')
      throw new Error('the transaction was committed with its last statement')
    if (text === 'commit' && answer.command !== 'COMMIT') throw new Error('the transaction was rolled back')
    return answer
  }
}

/**
 * What `send` hands to the connection leaves by one write: each costs a system call here and a wake-up of the server, together
 * more than the statement. pg's `connection` is not in its types.
 */
const inOneWrite = <T>(client: PoolClient & { connection?: { stream?: Writable } }, send: () => T): T => {
  const stream = client.connection?.stream
  stream?.cork()
  try {
    return send()
  } finally {
    stream?.uncork()
  }
}

const answerOf = (command: string): QueryResult => ({ command, rowCount: null, oid: 0, rows: [], fields: [] })

/** Both are settled before either failure is told, so that nothing is sent in between. */
const both = async (begun: Promise<QueryResult>, answered: Promise<QueryResult>): Promise<QueryResult> => {
  const [begin, answer] = await Promise.allSettled([begun, answered])
  if (begin.status === 'rejected') throw begin.reason
  if (answer.status === 'rejected') throw answer.reason
  return answer.value
}
