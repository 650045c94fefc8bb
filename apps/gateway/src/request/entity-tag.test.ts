import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { matchesStrongly, matchesWeakly, rangeApplies } from './entity-tag.ts'

const ETAG = '"bafkqaaa"'

describe('If-None-Match', () => {
  it.each(['*', ' * ', ETAG, `W/${ETAG}`, `"a", ${ETAG}`, `"a,b" ,W/${ETAG}`, `${ETAG},"a"`, `"a",,${ETAG}`])(
    'matches %s',
    (header) => expect(matchesWeakly(header, ETAG)).toBe(true),
  )

  it.each(['', 'bafkqaaa', '"bafkqaa"', '"bafkqaaab"', `"${ETAG}"`, '"a,bafkqaaa"', 'w/"bafkqaaa"', '"*"', '"a" *'])(
    'does not match %s',
    (header) => expect(matchesWeakly(header, ETAG)).toBe(false),
  )

  it('matches exactly when the tag is among the list', () => {
    const tag = fc.record({ weak: fc.boolean(), value: fc.stringMatching(/^[!#-~]{0,6}$/) })
    fc.assert(
      fc.property(fc.array(tag, { maxLength: 6 }), tag, fc.boolean(), (tags, wanted, include) => {
        const all = include ? [...tags, wanted] : tags
        const header = all.map(({ weak, value }) => `${weak ? 'W/' : ''}"${value}"`).join(', ')
        expect(matchesWeakly(header, `"${wanted.value}"`)).toBe(all.some(({ value }) => value === wanted.value))
        const strong = all.some(({ weak, value }) => !weak && value === wanted.value)
        expect(matchesStrongly(header, `"${wanted.value}"`)).toBe(strong)
      }),
      { numRuns: 2000 },
    )
  })
})

describe('If-Match', () => {
  it('never matches a weak tag of ours, except by *', () => {
    expect(matchesStrongly(`W/${ETAG}`, `W/${ETAG}`)).toBe(false)
    expect(matchesStrongly(ETAG, `W/${ETAG}`)).toBe(false)
    expect(matchesStrongly('*', `W/${ETAG}`)).toBe(true)
  })
})

describe('If-Range', () => {
  it('applies for the same strong tag only', () => {
    expect(rangeApplies(undefined, ETAG)).toBe(true)
    expect(rangeApplies(ETAG, ETAG)).toBe(true)
    expect(rangeApplies(`W/${ETAG}`, ETAG)).toBe(false)
    expect(rangeApplies('Wed, 21 Oct 2026 07:28:00 GMT', ETAG)).toBe(false)
    expect(rangeApplies('"other"', ETAG)).toBe(false)
  })
})
