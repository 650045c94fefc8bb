import { HoldfastError } from '@packages/shared/holdfast-error'
import { expect, it } from 'vitest'
import { lineErrorOf } from './line-result.ts'

it('tells what is wrong with a line: in words of its own, by its fields, or else by the title', () => {
  const fields = [
    { path: 'meta.a', message: 'must not hold NUL' },
    { path: '', message: 'is odd' },
  ]
  expect(lineErrorOf(new HoldfastError('invalid_request', { detail: 'It is odd.', fields })).detail).toBe('It is odd.')
  expect(lineErrorOf(new HoldfastError('invalid_request', { fields }))).toEqual({
    code: 'invalid_request',
    detail: 'meta.a: must not hold NUL; is odd',
  })
  expect(lineErrorOf(new HoldfastError('invalid_request')).detail).toBe('The request is not valid')
})
