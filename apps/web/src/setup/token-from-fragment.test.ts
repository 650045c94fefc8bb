import { expect, test } from 'vitest'
import { tokenFromFragment } from './token-from-fragment.ts'

test.each([
  ['#token=abc-DEF_123', 'abc-DEF_123'],
  ['#a=1&token=abc', 'abc'],
  ['#token=%20abc%20', 'abc'],
  ['#token=', null],
  ['#main', null],
  ['', null],
])('the fragment "%s" holds the token %s', (fragment, token) => {
  expect(tokenFromFragment(fragment)).toBe(token)
})
