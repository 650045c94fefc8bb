import type { components } from './schema.ts'

/** RFC 9457 problem details as the API answers them. */
export type Problem = components['schemas']['Problem']

/** An answer other than 2xx. `code` is stable; look at it, never at `message`. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem'
  readonly status: number
  /** One of the API's codes, or `unknown` when something between answered (a proxy). */
  readonly code: Problem['code'] | 'unknown'
  readonly requestId: string | undefined
  readonly fields: { path: string; message: string }[]
  /** Seconds to wait, when the answer says so. */
  readonly retryAfter: number | undefined
  readonly problem: Problem | undefined

  constructor(response: Pick<Response, 'status' | 'headers'>, problem: Problem | undefined) {
    super(problem === undefined ? `The answer has the status ${response.status}.` : sentence(problem))
    this.status = response.status
    this.code = problem?.code ?? 'unknown'
    this.requestId = problem?.requestId ?? response.headers.get('request-id') ?? undefined
    this.fields = problem?.errors ?? []
    const seconds = Number(response.headers.get('retry-after') ?? Number.NaN)
    this.retryAfter = Number.isFinite(seconds) ? seconds : undefined
    this.problem = problem
  }
}

const sentence = ({ title, detail }: Problem): string => (detail === undefined ? title : `${title}. ${detail}`)

/** Reads an answer's problem; undefined when it has none. */
export const readProblem = async (response: Response): Promise<Problem | undefined> => {
  if (!response.headers.get('content-type')?.startsWith('application/problem+json')) return undefined
  return (await response.json().catch(() => undefined)) as Problem | undefined
}
