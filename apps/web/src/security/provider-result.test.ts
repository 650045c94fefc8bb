import { expect, it } from 'vitest'
import { providerResult } from './provider-result'

it('finds what came of the way to the provider, and nothing without a fragment', () => {
  expect(providerResult('')).toBeUndefined()
  expect(providerResult('#factor')).toBeUndefined()
  expect(providerResult('#linked')).toEqual({ linked: true })
  expect(providerResult('#confirmed=hfok_x')).toEqual({ confirmation: 'hfok_x' })
})

it('tells a refusal in our own words, and nothing that a link says', () => {
  expect(providerResult('#error=sso_not_you')).toEqual({ refusal: expect.stringContaining('Somebody else') })
  for (const code of ['Your account is locked, call 555', '<b>x</b>', 'constructor', '__proto__', ''])
    expect(providerResult(`#error=${encodeURIComponent(code)}`)).toEqual({
      refusal: 'That was not finished. Try again.',
    })
})
