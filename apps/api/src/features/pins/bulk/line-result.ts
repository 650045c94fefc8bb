import { HoldfastError } from '@packages/shared/holdfast-error'

export type LineError = { code: string; detail: string }

/** What is told of a line. */
export type LineResult<R extends object> = { line: number } & (R | { error: LineError })

/** Which fields are wrong, where a line has no list of them as an answer has. */
const fieldsOf = ({ fields }: HoldfastError): string | undefined =>
  fields?.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join('; ')

export const lineErrorOf = (error: HoldfastError): LineError => ({
  code: error.code,
  detail: error.detail ?? fieldsOf(error) ?? error.title,
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
