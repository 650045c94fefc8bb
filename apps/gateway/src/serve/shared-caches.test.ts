import { parseCid } from '@packages/shared/cid'
import { expect, it } from 'vitest'
import type { ResponsePlan } from '../plan/response-plan.ts'
import { SharedCaches } from './shared-caches.ts'
import { Withdrawals } from './withdrawals.ts'

const cid = 'bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy'
const headers = ['Cache-Control', 'public, max-age=29030400, immutable']
const plan: ResponsePlan = { status: 200, headers, body: null, about: { cids: [parseCid(cid)] } }
const made = () => {
  const withdrawals = new Withdrawals()
  const age = { ms: 0 }
  const caches = new SharedCaches({ withdrawals, policyAgeMs: () => age.ms })
  return { withdrawals, caches, age, site: { kind: 'path' } as const, host: undefined }
}

it('has nobody keep an answer that was made before something was taken back, and is sent after', () => {
  const { withdrawals, caches, age: _, ...where } = made()
  const asked = { ...where, withdrawals: withdrawals.count }
  expect(caches.headersOf(plan, asked)).toContain('Surrogate-Key')
  withdrawals.hear([{ kind: 'content.released', realm: 'public', cid, contentId: '1' }])
  expect(caches.headersOf(plan, asked)).toEqual(['Cache-Control', 'private, no-store'])
  expect(caches.headersOf(plan, { ...where, withdrawals: withdrawals.count })).toContain('Surrogate-Key')
})

it('goes on having answers kept while others only upload', () => {
  const { withdrawals, caches, age: _, ...where } = made()
  const asked = { ...where, withdrawals: withdrawals.count }
  withdrawals.hear([{ kind: 'file.named', cid, name: 'a' }])
  expect(caches.headersOf(plan, asked)).toContain('Surrogate-Key')
})

it('has nobody keep a path whose tags no header can hold', () => {
  const { withdrawals, caches, age: _, ...where } = made()
  const names = Array.from({ length: 64 }, (_, at) => `name${at}.example`)
  const long = { ...plan, about: { cids: [], names } }
  expect(caches.headersOf(long, { ...where, withdrawals: withdrawals.count })).toEqual([
    ...headers,
    'CDN-Cache-Control',
    'no-store',
  ])
})

it('has nobody keep what is answered without word of the policy log', () => {
  const { withdrawals, caches, age, ...where } = made()
  age.ms = 4_000
  expect(caches.headersOf(plan, { ...where, withdrawals: withdrawals.count })).toEqual([
    'Cache-Control',
    'private, no-store',
  ])
})
