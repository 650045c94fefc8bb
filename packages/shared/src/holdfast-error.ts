import { ERROR_CATALOGUE, type ErrorCode } from './error-catalogue.ts'

/** One field's problem: `path` is dotted (`metadata.tags.0`), `message` is for people. */
export type FieldError = { path: string; message: string }

export type MissingBlocks = { count: number; cids: string[] }

export type HoldfastErrorOptions = {
  /** What a caller may read beyond the title; must hold no secret and no path of the machine. */
  detail?: string
  fields?: FieldError[]
  /** Extra response headers, such as Retry-After. */
  headers?: Record<string, string>
  /** Id of the row that the error is about, where the caller needs it (`already_completed`). */
  subject?: string
  /** Blocks that a DAG lacks (`incomplete_dag`): how many, and the first of them. */
  missing?: MissingBlocks
  cause?: unknown
}

/**
 * An error from the catalogue. Thrown by any layer, rendered in one place for each protocol.
 * Everything else that is thrown is a programmer error and answers 500 `internal`.
 */
export class HoldfastError extends Error {
  override readonly name = 'HoldfastError'
  readonly code: ErrorCode
  readonly status: number
  readonly title: string
  readonly detail: string | undefined
  readonly fields: FieldError[] | undefined
  readonly headers: Record<string, string> | undefined
  readonly subject: string | undefined
  readonly missing: MissingBlocks | undefined

  constructor(code: ErrorCode, options: HoldfastErrorOptions = {}) {
    const entry = ERROR_CATALOGUE[code]
    super(options.detail ?? entry.title, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.status = entry.status
    this.title = entry.title
    this.detail = options.detail
    this.fields = options.fields
    this.headers = options.headers
    this.subject = options.subject
    this.missing = options.missing
  }
}
