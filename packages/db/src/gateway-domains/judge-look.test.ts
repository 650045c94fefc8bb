import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { SERVED_EVERY_MS } from './domain-looks.ts'
import {
  CONFIRM_MS,
  judgeLook,
  type Look,
  MAX_FAILING_MS,
  readLook,
  saysNothingNew,
  type Standing,
} from './judge-look.ts'

const NEW: Standing = { verifiedAt: null, missedAt: null, failingSince: null, problem: null }
const after = (looks: readonly (readonly [Look, number])[], from = NEW): Standing =>
  looks.reduce((standing, [look, at]) => judgeLook(standing, look, new Date(at)), from)
const serves = (standing: Standing): boolean => standing.verifiedAt !== null

it.each<[string, string[] | null, Look]>([
  ['its own among others', ['a', 'b'], 'proven'],
  ['no record', [], 'no-record'],
  ['one of another row', ['b'], 'other-record'],
  ['a part of it', ['', 'aa'], 'other-record'],
  ['no answer', null, 'look-up-failed'],
])('%s', (_, found, look) => {
  expect(readLook('a', found)).toBe(look)
})

it('serves from the look that found the proof, and not by any other', () => {
  expect(after([['proven', 1_000]])).toEqual({ ...NEW, verifiedAt: new Date(1_000) })
  for (const look of ['no-record', 'other-record', 'look-up-failed'] as const)
    expect(serves(after([[look, 0]]))).toBe(false)
})

it('one look that misses the record ends nothing, the second does', () => {
  const once = after([
    ['proven', 0],
    ['no-record', 10_000],
  ])
  expect(serves(once)).toBe(true)
  expect(serves(judgeLook(once, 'no-record', new Date(10_000 + CONFIRM_MS - 1)))).toBe(true)
  expect(serves(judgeLook(once, 'other-record', new Date(10_000 + CONFIRM_MS)))).toBe(false)
  expect(after([['proven', 12_000]], once)).toMatchObject({ verifiedAt: new Date(0), missedAt: null, problem: null })
})

it('servers that do not answer end it after an hour, and hide no miss', () => {
  const failing = after([
    ['proven', 0],
    ['look-up-failed', 1_000],
  ])
  expect(serves(judgeLook(failing, 'look-up-failed', new Date(1_000 + MAX_FAILING_MS - 1)))).toBe(true)
  expect(serves(judgeLook(failing, 'look-up-failed', new Date(1_000 + MAX_FAILING_MS)))).toBe(false)
  const hidden = after([
    ['proven', 0],
    ['no-record', 10_000],
    ['look-up-failed', 20_000],
    ['no-record', 30_000],
  ])
  expect(serves(hidden)).toBe(false)
})

it('whenever a record goes, and whatever the first look sees, the domain serves less than a minute longer', () => {
  const tick = 2_000
  const lookUpMs = 6_000
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 120_000 }), fc.integer({ min: 0, max: tick + lookUpMs }), (goneAt, late) => {
      let standing = after([['proven', 0]])
      for (let at = SERVED_EVERY_MS; ; at += SERVED_EVERY_MS + late) {
        standing = judgeLook(standing, at < goneAt ? 'proven' : 'no-record', new Date(at))
        if (!serves(standing)) {
          expect(at + lookUpMs - goneAt).toBeLessThan(60_000)
          return
        }
      }
    }),
    { seed: 7, numRuns: 500 },
  )
})

it('a look that says nothing new changes nothing, however one came there', () => {
  const step = fc.tuple(
    fc.constantFrom<Look>('proven', 'no-record', 'other-record', 'look-up-failed'),
    fc.integer({ min: 1, max: 2 * MAX_FAILING_MS }),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
      let now = 0
      let standing = NEW
      for (const [look, more] of steps) {
        now += more
        const next = judgeLook(standing, look, new Date(now))
        if (saysNothingNew(standing, look)) {
          expect(next.verifiedAt).toEqual(standing.verifiedAt)
          expect(next.problem).toEqual(standing.problem)
        }
        // What serves was proven, and since then not missed twice nor unknown for an hour.
        if (serves(next) && !serves(standing)) expect(look).toBe('proven')
        standing = next
      }
    }),
    { seed: 7, numRuns: 300 },
  )
})
