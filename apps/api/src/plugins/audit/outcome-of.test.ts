import { expect, it } from 'vitest'
import { outcomeOf } from './outcome-of.ts'

const post = { method: 'POST', audit: undefined, written: 0, status: 200, refusal: null } as const

it.each([
  ['a change that wrote its rows', { written: 1 }, null],
  ['a change that wrote none', {}, 'allowed'],
  ['a POST that only reckons', { audit: 'no-change' }, null],
  ['a refused change', { status: 403, refusal: 'forbidden' }, 'refused'],
  ['a read', { method: 'GET' }, null],
  ['a read of secrets', { method: 'GET', audit: 'reads' }, 'allowed'],
  ['a program that waits to be let in', { status: 400, refusal: 'authorization_pending' }, null],
  ['one that asks too often', { status: 400, refusal: 'slow_down' }, null],
  [
    'a browser that is sent on with a refusal',
    { method: 'GET', audit: 'reads', status: 303, refusal: 'sso_failed' },
    'refused',
  ],
  ['one with a wrong code', { status: 400, refusal: 'expired_token' }, 'refused'],
] as const)('tells of %s what the log keeps', (_what, change, result) => {
  expect(outcomeOf({ ...post, ...change })).toBe(result)
})
