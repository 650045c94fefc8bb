import { HoldfastError } from '@packages/shared/holdfast-error'

export type LineError = { code: string; detail: string }

/** What is told of a line. */
export type LineResult<R extends object> = { line: number } & (R | { error: LineError })

export const lineErrorOf = (error: HoldfastError): LineError => ({
  code: error.code,
  detail: error.detail ?? error.title,
})

/** @throws what is no refusal */
export const asRefusal = (error: unknown): HoldfastError => {
  if (error instanceof HoldfastError) return error
  throw error
}

export const endErrorOf = (error: HoldfastError): LineError & { retryAfterSeconds?: number } => {
  const seconds = Number(error.headers?.['retry-after'])
  return { ...lineErrorOf(error), ...(Number.isSafeInteger(seconds) ? { retryAfterSeconds: seconds } : {}) }
}
