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
  const end = uploads.begin('one')
  uploads.begin('one')
  expect(refusal(() => uploads.begin('one'))).toMatchObject({ code: 'rate_limited', headers: { 'retry-after': '7' } })
  uploads.begin('two')
  expect(refusal(() => uploads.begin('two'))).toMatchObject({ code: 'unavailable', headers: { 'retry-after': '7' } })
  end()
  expect(refusal(() => uploads.begin('one'))).toBeUndefined()
  expect(refusal(() => uploads.begin('one'))).toMatchObject({ code: 'rate_limited' })
})
