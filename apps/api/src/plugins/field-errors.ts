import { type FieldError, HoldfastError } from '@packages/shared/holdfast-error'

/** A zod issue as the type provider hands it on: `instancePath` is `/a/0/b`, `keyword` zod's issue code. */
type ValidationIssue = {
  keyword: string
  instancePath: string
  message?: string
  params: Record<string, unknown>
}

const MAX_FIELD_ERRORS = 20
const MAX_PATH_CHARS = 200

const dotted = (instancePath: string): string =>
  instancePath.split('/').filter(Boolean).join('.').slice(0, MAX_PATH_CHARS)

const unknownKeys = (issue: ValidationIssue): string[] =>
  issue.keyword === 'unrecognized_keys' && Array.isArray(issue.params.keys) ? issue.params.keys.map(String) : []

const fieldErrorsOf = (issue: ValidationIssue): FieldError[] => {
  const path = dotted(issue.instancePath)
  if (issue.keyword !== 'unrecognized_keys') return [{ path, message: issue.message ?? 'is not valid' }]
  return unknownKeys(issue).map((key) => ({
    path: (path === '' ? key : `${path}.${key}`).slice(0, MAX_PATH_CHARS),
    message: 'is not known here',
  }))
}

/** What is wrong with which field; `unknown_field` when a body has one that its schema does not name. */
export const fieldErrors = (issues: readonly ValidationIssue[], context: string | undefined): HoldfastError => {
  const hasUnknown = context === 'body' && issues.some((issue) => unknownKeys(issue).length > 0)
  const fields = issues.flatMap(fieldErrorsOf).slice(0, MAX_FIELD_ERRORS)
  return new HoldfastError(hasUnknown ? 'unknown_field' : 'invalid_request', { fields })
}
