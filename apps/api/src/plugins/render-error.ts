import type { HoldfastError } from '@packages/shared/holdfast-error'
import { failureOf } from './failure.ts'
import { PROBLEM_TYPE, problemOf } from './problem.ts'

export type RenderedError = { status: number; type: string; body: object }

/** Whether an address belongs to the Pinning Service API, which has a form of its own for errors. */
export const isPinningService = (url: string): boolean => /^\/psa(?:[/?]|$)/.test(url)

/** Pure: what a caller of this address is told about `error`, in the form of its protocol. */
export const renderError = (url: string, error: HoldfastError, requestId: string): RenderedError =>
  isPinningService(url)
    ? { type: 'application/json', ...failureOf(error, requestId) }
    : { type: PROBLEM_TYPE, status: error.status, body: problemOf(error, requestId) }
