import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { z } from 'zod'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import type { CachePurger } from './cache-purger.ts'
import { createCloudflarePurger } from './cloudflare-purger.ts'

const ZONE = '023e105f4ecef8ad9ca31a8372d0c353'
const TOKEN = 'a-token-of-the-zone'

/** Of the published schema: `cache-purge_FlexPurgeByTags`, and the limits that its documentation names for all plans and tags. */
const byTags = z.strictObject({
  tags: z
    .array(z.string().regex(/^[\x21-\x2b\x2d-\x7e]{1,1024}$/))
    .min(1)
    .max(30),
})

type Answer = { status: number; body: unknown; headers?: Record<string, string> }
/** `cache-purge_api-response-single-id`, and `cache-purge_api-response-common-failure`. */
const done: Answer = { status: 200, body: { success: true, errors: [], messages: [], result: { id: ZONE } } }
const refused = (status: number, code: number, headers = {}): Answer => ({
  status,
  headers,
  body: { success: false, errors: [{ code, message: `no: ${TOKEN}` }], messages: [], result: null },
})

let answer: Answer = done
const taken: string[][] = []
const take = async (request: IncomingMessage): Promise<Answer> => {
  const { method, url, headers } = request
  if (method !== 'POST' || url !== `/client/v4/zones/${ZONE}/purge_cache`) return refused(404, 7003)
  if (headers.authorization !== `Bearer ${TOKEN}`) return refused(403, 10000)
  if (headers['content-type'] !== 'application/json') return refused(400, 1004)
  const read = byTags.safeParse(JSON.parse(Buffer.concat(await Array.fromAsync(request)).toString()))
  if (!read.success) return refused(400, 1012)
  if (answer === done) taken.push(read.data.tags)
  return answer
}
const server = createServer((request, response) => {
  void take(request).then(({ status, body, headers }) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    response.end(typeof body === 'string' ? body : JSON.stringify(body))
  })
})

let purger: CachePurger
const purgerWith = (token: string): CachePurger =>
  createCloudflarePurger({
    name: 'zone',
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    zone: ZONE,
    token,
  })
const purge = (tags: string[], by = purger): Promise<void> => by.purge(tags, AbortSignal.timeout(5_000))
beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  purger = purgerWith(TOKEN)
})
beforeEach(() => {
  answer = done
  taken.length = 0
})
afterAll(() => server.close())

it('asks for tags by the published schema, as many as every plan takes', async () => {
  const tags = Array.from({ length: purger.tagsAtOnce }, (_, at) => `c-${at}`)
  await purge(tags)
  expect(taken).toEqual([tags])
})

it('tells the numbers of errors and how long to wait, and nothing that it was sent', async () => {
  answer = refused(429, 1134, { 'retry-after': '7' })
  const failed = await purge(['c-a']).catch((error: unknown) => error)
  expect(failed).toMatchObject({ message: 'Cloudflare answered 429, error 1134', retryAfterMs: 7_000 })
  expect(JSON.stringify(failed)).not.toContain(TOKEN)
})

it.each<[string, Answer, string]>([
  ['says with 200 that it has not', { ...refused(200, 1107) }, 'Cloudflare answered 200, error 1107'],
  ['is another server', { status: 200, body: '<h1>Welcome</h1>' }, 'Cloudflare answered 200'],
  ['fails', { status: 502, body: '' }, 'Cloudflare answered 502'],
  ['asks for an hour', refused(503, 1, { 'retry-after': '3600' }), 'Cloudflare answered 503, error 1'],
])('has let nothing go when it %s', async (_, given, message) => {
  answer = given
  await expect(purge(['c-a'])).rejects.toMatchObject({ name: 'PurgeFailed', message })
})

it('has let nothing go by another token', async () => {
  await expect(purge(['c-a'], purgerWith('another-token-than-it'))).rejects.toThrow('answered 403, error 10000')
  expect(taken).toEqual([])
})
