import { HoldfastError } from '@packages/shared/holdfast-error'
import { expect, it, vi } from 'vitest'
import { type Actor, NO_ORGANIZATION } from '../authorization/actor.ts'
import { UPLOAD_LIMITS } from '../upload-body/upload-limits.ts'
import { OpenRequests } from './open-requests.ts'

const refusal = (run: () => unknown): HoldfastError | undefined => {
  try {
    run()
  } catch (error) {
    if (error instanceof HoldfastError) return error
    throw error
  }
}

const actor = (organizationId: string, apiKeyId = 'key'): Actor => ({
  kind: 'api-key',
  userId: `owner of ${apiKeyId}`,
  organizationId,
  role: 'developer',
  organizationState: 'active',
  platformRole: 'user',
  scopes: 'all',
  apiKeyId,
})
const mayGoOn = async (): Promise<undefined> => undefined

it('lets in as many as an organization and the process may have, and the next when one has ended', () => {
  const limits = { openPerOrganization: 2, openPerProcess: 3, retryAfterSeconds: 7 }
  const uploads = new OpenRequests({ what: 'uploads', review: mayGoOn, limits })
  const begin = (organizationId: string) => uploads.begin(actor(organizationId), 'files:write')
  const end = begin('one')
  begin('one')
  expect(refusal(() => begin('one'))).toMatchObject({ code: 'rate_limited', headers: { 'retry-after': '7' } })
  begin('two')
  expect(refusal(() => begin('two'))).toMatchObject({ code: 'unavailable', headers: { 'retry-after': '7' } })
  end()
  expect(refusal(() => begin('one'))).toBeUndefined()
  expect(refusal(() => begin('one'))).toMatchObject({ code: 'rate_limited' })
})

it('keeps nobody out who is in no organization, for what another such person has open', () => {
  const limits = { openPerOrganization: 1, openPerProcess: 9, retryAfterSeconds: 7 }
  const downloads = new OpenRequests({ what: 'downloads', review: mayGoOn, limits })
  const begin = (person: string) => downloads.begin(actor(NO_ORGANIZATION, person), 'account:export')
  const end = begin('a')
  expect(refusal(() => begin('a'))).toMatchObject({ code: 'rate_limited' })
  expect(refusal(() => begin('b'))).toBeUndefined()
  end()
  expect(refusal(() => begin('a'))).toBeUndefined()
})

const startUploads = (review: (upload: { actor: Actor }) => Promise<HoldfastError | undefined>) => {
  const clock = { now: 0 }
  const uploads = new OpenRequests({ what: 'uploads', review, limits: UPLOAD_LIMITS, now: () => clock.now, pauseMs: 1 })
  const stopped: string[] = []
  const begin = (organizationId: string, apiKeyId: string) =>
    uploads.begin(actor(organizationId, apiKeyId), 'files:write', ({ code }) =>
      stopped.push(`${organizationId} ${apiKeyId} ${code}`),
    )
  return { uploads, begin, stopped, clock }
}

it('ends those that run of what is closed, and turns away those that were on their way; not for ever', () => {
  const { uploads, begin, stopped, clock } = startUploads(mayGoOn)
  begin('one', 'a')
  begin('one', 'b')
  begin('two', 'd')()
  uploads.close('b', new HoldfastError('invalid_token'))
  uploads.close('d', new HoldfastError('invalid_token'))
  expect(stopped).toEqual(['one b invalid_token'])
  expect(refusal(() => begin('one', 'a'))).toBeUndefined()
  expect(refusal(() => begin('one', 'b'))).toMatchObject({ code: 'invalid_token' })
  clock.now = 60_000
  expect(refusal(() => begin('one', 'b'))).toBeUndefined()
})

it('asks again of those that run of what has changed, and of those that were on their way', async () => {
  const asked: string[] = []
  const { uploads, begin, stopped, clock } = startUploads(async ({ actor: { organizationId, apiKeyId } }) => {
    asked.push(`${organizationId} ${apiKeyId}`)
    return apiKeyId === 'b' ? new HoldfastError('forbidden') : undefined
  })
  begin('one', 'a')
  begin('one', 'b')
  begin('two', 'b')
  uploads.review('one')
  await vi.waitFor(() => expect(stopped).toEqual(['one b forbidden']))
  begin('one', 'b')
  await vi.waitFor(() => expect(stopped).toEqual(['one b forbidden', 'one b forbidden']))
  expect(asked).toEqual(['one a', 'one b', 'one b'])
  uploads.review('owner of b')
  await vi.waitFor(() => expect(asked).toHaveLength(6))
  clock.now = 60_000
  begin('one', 'b')
  expect(asked).toHaveLength(6)
})

it('what cannot be asked is tried again, and ended when that does not help', async () => {
  let failures = 2
  const { uploads, begin, stopped } = startUploads(async () => {
    if (failures-- > 0) throw new Error('the database is away')
    return undefined
  })
  begin('one', 'a')
  uploads.review('one')
  await vi.waitFor(() => expect(failures).toBe(-1))
  expect(stopped).toEqual([])
  failures = 9
  uploads.review('one')
  await vi.waitFor(() => expect([failures, stopped]).toEqual([6, ['one a unavailable']]))
})
