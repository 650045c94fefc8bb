import { HoldfastError } from '@packages/shared/holdfast-error'
import { expect, it } from 'vitest'
import { OpenUploads } from './open-uploads.ts'

const refusal = (run: () => unknown): HoldfastError | undefined => {
  try {
    run()
  } catch (error) {
    if (error instanceof HoldfastError) return error
    throw error
  }
}

it('lets in as many as an organization and the process may have, and the next when one has ended', () => {
  const uploads = new OpenUploads({ openPerOrganization: 2, openPerProcess: 3, retryAfterSeconds: 7 })
  const end = uploads.begin({ organizationId: 'one' })
  uploads.begin({ organizationId: 'one' })
  expect(refusal(() => uploads.begin({ organizationId: 'one' }))).toMatchObject({
    code: 'rate_limited',
    headers: { 'retry-after': '7' },
  })
  uploads.begin({ organizationId: 'two' })
  expect(refusal(() => uploads.begin({ organizationId: 'two' }))).toMatchObject({
    code: 'unavailable',
    headers: { 'retry-after': '7' },
  })
  end()
  expect(refusal(() => uploads.begin({ organizationId: 'one' }))).toBeUndefined()
  expect(refusal(() => uploads.begin({ organizationId: 'one' }))).toMatchObject({ code: 'rate_limited' })
})

it('ends those that run of what is closed, and turns away those that were on their way; not for ever', () => {
  let now = 0
  const uploads = new OpenUploads({ openPerOrganization: 9, openPerProcess: 9, retryAfterSeconds: 7 }, () => now)
  const stopped: string[] = []
  const begin = (organizationId: string, apiKeyId: string) =>
    uploads.begin({ organizationId, apiKeyId }, ({ code }) => stopped.push(`${organizationId} ${apiKeyId} ${code}`))
  begin('one', 'a')
  begin('one', 'b')
  begin('two', 'c')
  begin('two', 'd')()
  uploads.close('b', new HoldfastError('invalid_token'))
  uploads.close('two', new HoldfastError('organization_suspended'))
  expect(stopped).toEqual(['one b invalid_token', 'two c organization_suspended'])
  expect(refusal(() => begin('one', 'a'))).toBeUndefined()
  expect(refusal(() => begin('one', 'b'))).toMatchObject({ code: 'invalid_token' })
  expect(refusal(() => begin('two', 'd'))).toMatchObject({ code: 'organization_suspended' })
  uploads.reopen('two')
  expect(refusal(() => begin('two', 'd'))).toBeUndefined()
  now = 60_000
  expect(refusal(() => begin('one', 'b'))).toBeUndefined()
})
