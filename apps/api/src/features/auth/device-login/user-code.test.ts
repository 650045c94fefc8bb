import { expect, it } from 'vitest'
import { makeUserCode, readUserCode, shownUserCode } from './user-code.ts'

it('draws eight consonants, evenly', () => {
  const counts = new Map<string, number>()
  for (let n = 0; n < 2_500; n++) for (const letter of makeUserCode()) counts.set(letter, (counts.get(letter) ?? 0) + 1)
  expect([...counts.keys()].toSorted().join('')).toBe('BCDFGHJKLMNPQRSTVWXZ')
  // 1,000 are expected of each; ten standard deviations are 308.
  for (const count of counts.values()) expect(Math.abs(count - 1_000)).toBeLessThan(308)
})

it('reads what it shows, as people type it', () => {
  const code = makeUserCode()
  const shown = shownUserCode(code)
  expect(shown).toMatch(/^[A-Z]{4}-[A-Z]{4}$/)
  for (const typed of [shown, code, shown.toLowerCase(), ` ${shown} `, shown.replace('-', ' '), [...code].join('-')])
    expect(readUserCode(typed)).toBe(code)
})

it.each(['', 'BCDF-GHJ', 'BCDF-GHJKL', 'ABCD-FGHJ', 'BCDF_GHJK', 'BCDF-GHJ1', "BCDF-GHJ'", 'ВСDF-GHJK'])(
  'takes %j for no code',
  (typed) => expect(readUserCode(typed)).toBeUndefined(),
)
