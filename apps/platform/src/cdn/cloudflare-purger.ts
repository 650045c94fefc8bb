import { OutgoingCalls } from '@packages/runtime/outgoing/outgoing-calls'
import { z } from 'zod'
import { type CachePurger, PurgeFailed, retryAfterOf } from './cache-purger.ts'

/** All plans take as many; newer documentation says 100. */
const TAGS_AT_ONCE = 30
const OUTGOING = { steeredBy: 'operator', maxBodyBytes: 65_536, timeoutMs: 20_000 } as const

/** `cache-purge_api-response-single-id` of the published schema, as far as it is read. */
const answerSchema = z.object({
  success: z.boolean(),
  errors: z.array(z.object({ code: z.number() })).default([]),
})

/** Their numbers, which the documentation of the API explains. */
const problemOf = (status: number, errors: readonly { code: number }[]): string =>
  [`Cloudflare answered ${status}`, ...errors.map(({ code }) => `error ${code}`)].join(', ')

/** A zone at Cloudflare, by `POST /zones/{zone_id}/purge_cache` with tags (`cache-purge_FlexPurgeByTags`). */
export const createCloudflarePurger = ({
  name,
  url,
  zone,
  token,
}: {
  name: string
  url: string
  zone: string
  token: string
}): CachePurger => {
  const outgoing = new OutgoingCalls(OUTGOING)
  return {
    name,
    tagsAtOnce: TAGS_AT_ONCE,
    purge: async (tags, signal) => {
      const answer = await outgoing.call(`${url}/client/v4/zones/${zone}/purge_cache`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ tags }),
        signal,
      })
      const { status } = answer
      const { success, errors } = readAnswer(await answer.bytes())
      const retryAfter = answer.headers['retry-after']
      if (status !== 200 || !success) throw new PurgeFailed(problemOf(status, errors), retryAfterOf(retryAfter))
    },
  }
}

/** Something between us and the API may have answered in its place. */
const readAnswer = (bytes: Uint8Array): z.output<typeof answerSchema> => {
  try {
    return answerSchema.parse(JSON.parse(Buffer.from(bytes).toString()))
  } catch {
    return { success: false, errors: [] }
  }
}
