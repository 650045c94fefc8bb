import { expect, it } from 'vitest'
import { ssoResult } from './sso-result'

it('tells a refusal in our own words, and nothing that a link says', () => {
  expect(ssoResult('#error=sso_account_exists')).toEqual({ refusal: expect.stringContaining('has an account here') })
  for (const code of ['Your account is locked, call 555', '<b>x</b>', 'constructor', '__proto__', ''])
    expect(ssoResult(`#error=${encodeURIComponent(code)}`)).toEqual({
      refusal: 'The sign-in was not finished. Try again.',
    })
})

it('finds the token of a second step', () => {
  expect(ssoResult('#mfa=hfmfa_x')).toEqual({ mfaToken: 'hfmfa_x' })
  expect(ssoResult('')).toHaveProperty('refusal')
})
