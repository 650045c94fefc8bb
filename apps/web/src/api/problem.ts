/** One field's problem as the API tells it (RFC 9457 extension `errors`). */
export type ProblemField = { path: string; message: string }

/** What the API answers for every error: problem+json with a stable `code`. */
type ProblemBody = {
  code?: unknown
  title?: unknown
  detail?: unknown
  message?: unknown
  requestId?: unknown
  errors?: unknown
}

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)

const isField = (value: unknown): value is ProblemField =>
  typeof value === 'object' && value !== null && 'path' in value && 'message' in value

/** An answer other than 2xx, or none at all (`status` 0), put into words for people. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem'
  readonly status: number
  readonly code: string
  readonly requestId: string | undefined
  readonly fields: ProblemField[]

  constructor(status: number, body: unknown) {
    const problem: ProblemBody = typeof body === 'object' && body !== null ? body : {}
    const title = text(problem.title) ?? text(problem.message)
    const detail = text(problem.detail)
    super(sentence(title, detail) ?? (status === 0 ? UNREACHABLE : `The platform answered with status ${status}.`))
    this.status = status
    this.code = text(problem.code) ?? (status === 0 ? 'unreachable' : 'unknown')
    this.requestId = text(problem.requestId)
    this.fields = Array.isArray(problem.errors) ? problem.errors.filter(isField) : []
  }
}

const UNREACHABLE = 'The platform cannot be reached. Check that it is running, then try again.'

const sentence = (title: string | undefined, detail: string | undefined): string | undefined => {
  const parts = [title, detail].filter((part) => part !== undefined).map((part) => part.replace(/\.?$/, '.'))
  return parts.length === 0 ? undefined : [...new Set(parts)].join(' ')
}

/** Any thrown thing as a sentence that can be shown. */
export const explain = (error: unknown): string =>
  error instanceof ApiProblem
    ? error.message
    : error instanceof TypeError
      ? UNREACHABLE
      : 'Something went wrong on this page.'
