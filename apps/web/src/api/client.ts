import createClient from 'openapi-fetch'
import type { paths } from './paths'
import { ApiProblem } from './problem'

/** Same origin: the API serves this page, and the session cookie goes along. */
export const client = createClient<paths>({
  baseUrl: typeof window === 'undefined' ? '' : window.location.origin,
  fetch: (request) =>
    fetch(request).catch((error: unknown) => {
      throw error instanceof DOMException && error.name === 'AbortError' ? error : new ApiProblem(0, undefined)
    }),
})

type Answer<Data> = { data?: Data; error?: unknown; response: Response }

/** The data of a 2xx answer. @throws ApiProblem for every other one */
export const unwrap = async <Data>(answer: Promise<Answer<Data>>): Promise<Data> => {
  const { data, error, response } = await answer
  if (!response.ok || data === undefined) throw new ApiProblem(response.status, error)
  return data
}
