import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { foldText } from './fold-text.ts'

it.each([
  ['Straße', 'STRASSE'],
  ['ΣΊΣΥΦΟΣ', 'σίσυφος'],
  ['İstanbul', 'i̇STANBUL'],
  ['ä', 'Ä'],
  ['ﬁn', 'FIN'],
  ['ÅNGSTRÖM', 'ångström'],
])('takes %s and %s for the same', (one, other) => {
  expect(foldText(one)).toBe(foldText(other))
})

it.each([
  ['a', 'ä'],
  ['a b', 'ab'],
  ['💩', '💪'],
])('tells %s from %s', (one, other) => {
  expect(foldText(one)).not.toBe(foldText(other))
})

it('gives every letter one form, whose case does not matter any more', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 40 }), (text) => {
      const folded = foldText(text)
      expect(foldText(folded)).toBe(folded)
      expect(foldText(text.toUpperCase())).toBe(folded)
    }),
    { seed: 127, numRuns: 500 },
  )
})
