import type { HoldfastError } from '@packages/shared/holdfast-error'

export const PROBLEM_TYPE = 'application/problem+json'

/** RFC 9457 problem details, with our members `code`, `requestId`, `errors`, `subject` and `missing`. */
export type Problem = {
  type: string
  title: string
  status: number
  code: string
  requestId: string
  detail?: string
  errors?: { path: string; message: string }[]
  subject?: string
  missing?: { count: number; cids: string[] }
}

/** Pure: the body that tells a caller about `error`. `type` is a URN, for nothing has to answer at that address. */
export const problemOf = (error: HoldfastError, requestId: string): Problem => ({
  type: `urn:holdfast:problem:${error.code}`,
  title: error.title,
  status: error.status,
  ...(error.detail === undefined ? {} : { detail: error.detail }),
  code: error.code,
  requestId,
  ...(error.fields === undefined ? {} : { errors: error.fields }),
  ...(error.subject === undefined ? {} : { subject: error.subject }),
  ...(error.missing === undefined ? {} : { missing: error.missing }),
})
