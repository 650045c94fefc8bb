import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { selectRange } from './byte-range.ts'

/** RFC 9110, 14.1.2, by a slice of real bytes: what a range selects, or that it selects nothing. */
const reference = (bytes: Uint8Array, first: number | undefined, last: number | undefined): Uint8Array | undefined => {
  const selected =
    first === undefined
      ? last === 0
        ? new Uint8Array()
        : bytes.slice(-(last as number))
      : bytes.slice(first, last === undefined ? undefined : last + 1)
  return selected.length > 0 ? selected : undefined
}

const optional = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined })

describe('selectRange', () => {
  it('selects what a slice of the bytes selects', () => {
    const edge = fc.oneof(fc.nat(40), fc.constantFrom(2 ** 31, 2 ** 53 - 1))
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 32 }),
        optional(edge),
        optional(edge),
        (bytes, first, last) => {
          fc.pre(first !== undefined || last !== undefined)
          fc.pre(first === undefined || last === undefined || last >= first)
          const selected = selectRange(`bytes=${first ?? ''}-${last ?? ''}`, bytes.length)
          const expected = reference(bytes, first, last)
          if (expected === undefined) expect(selected).toBe('unsatisfiable')
          else {
            if (typeof selected === 'string') throw new Error(`${selected} for ${first}-${last} of ${bytes.length}`)
            expect(bytes.slice(selected.start, selected.end)).toEqual(expected)
          }
        },
      ),
      { numRuns: 2000 },
    )
  })

  it('never leaves the representation, whatever the header says', () => {
    const header = fc.oneof(fc.string(), fc.stringMatching(/^bytes=[0-9, -]{0,40}$/))
    fc.assert(
      fc.property(header, fc.nat(100), (text, size) => {
        const selected = selectRange(text, size)
        if (typeof selected === 'string') return true
        return selected.start >= 0 && selected.start < selected.end && selected.end <= size
      }),
      { numRuns: 2000 },
    )
  })

  it.each([
    ['bytes=0-0,1-1,2-2,3-3,4-4,5-5,6-6,7-7,8-8', 'nine ranges'],
    ['bytes=0-0,x', 'a range that is none behind one'],
    ['bytes=5-2', 'last before first'],
    ['bytes=-', 'no edge'],
    ['bytes=a-b', 'no numbers'],
    ['bytes=0x0-0x1', 'hexadecimal'],
    ['bytes=+1-2', 'a sign'],
    ['lines=0-1', 'another unit'],
    ['bytes 0-1', 'no equals sign'],
    [`bytes=${Array.from({ length: 1000 }, (_, at) => `${at}-${at}`).join(',')}`, 'a thousand ranges'],
    ['', 'an empty header'],
  ])('ignores %s (%s)', (header) => {
    expect(selectRange(header, 10)).toBe('whole')
  })

  it.each([
    ['bytes=0-0,1-1', { start: 0, end: 1 }],
    ['bytes=6-7, 0-4', { start: 6, end: 8 }],
    ['bytes=50-60,-2', { start: 8, end: 10 }],
    ['bytes=50-60,70-', 'unsatisfiable'],
  ])('of several ranges the first that can be satisfied is sent: %s', (header, expected) => {
    expect(selectRange(header, 10)).toEqual(expected)
  })

  it('takes digits beyond what a number holds for what they mean', () => {
    expect(selectRange('bytes=2-99999999999999999999999', 10)).toEqual({ start: 2, end: 10 })
    expect(selectRange('bytes=99999999999999999999999-', 10)).toBe('unsatisfiable')
    expect(selectRange('bytes=-99999999999999999999999', 10)).toEqual({ start: 0, end: 10 })
  })

  it('has no part of an empty file to give', () => {
    expect(selectRange('bytes=0-', 0)).toBe('unsatisfiable')
    expect(selectRange('bytes=-1', 0)).toBe('whole')
    expect(selectRange('bytes=-0', 0)).toBe('unsatisfiable')
  })
})
