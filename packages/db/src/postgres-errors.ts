/** SQLSTATE of a database error (PostgreSQL, appendix A), or the system's code of a broken connection. */
export const sqlState = (error: unknown): string | undefined =>
  typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined

const SERIALIZATION_FAILURE = '40001'
const DEADLOCK_DETECTED = '40P01'

/** Thrown inside of a unit of work that saw a state which another transaction is changing: run it again. */
export class RetryTransaction extends Error {
  override readonly name = 'RetryTransaction'
}

export const isRetryable = (error: unknown): boolean => {
  const code = sqlState(error)
  return error instanceof RetryTransaction || code === SERIALIZATION_FAILURE || code === DEADLOCK_DETECTED
}

export const isUniqueViolation = (error: unknown, constraint: string): boolean =>
  sqlState(error) === '23505' && (error as { constraint?: string }).constraint === constraint

export const isForeignKeyViolation = (error: unknown): boolean => sqlState(error) === '23503'

/** Thrown inside of a unit of work that finds one item's row in a state which forbids the change. */
export class RowRefused extends Error {
  override readonly name = 'RowRefused'
}

/** The database refused this very statement's data or state (classes 22, 23, 42, 54): another try gives the same. */
export const isRefusal = (error: unknown): boolean =>
  error instanceof RowRefused || /^(22|23|42|54)[0-9A-Z]{3}$/.test(sqlState(error) ?? '')
