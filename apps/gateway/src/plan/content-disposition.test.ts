import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { contentDisposition } from './content-disposition.ts'

describe('contentDisposition', () => {
  it.each([
    ['hello.txt', 'inline; filename="hello.txt"'],
    ['testтест.pdf', `inline; filename="test____.pdf"; filename*=UTF-8''test%D1%82%D0%B5%D1%81%D1%82.pdf`],
    ['say "hi".txt', `inline; filename="say _hi_.txt"; filename*=UTF-8''say%20%22hi%22.txt`],
    ['back\\slash', `inline; filename="back_slash"; filename*=UTF-8''back%5Cslash`],
    ['100%.txt', `inline; filename="100_.txt"; filename*=UTF-8''100%25.txt`],
    ["it's (1)*.txt", `inline; filename="it's (1)*.txt"`],
    ['🦀.rs', `inline; filename="_.rs"; filename*=UTF-8''%F0%9F%A6%80.rs`],
    ['a\r\nSet-Cookie: x=1', `inline; filename="a__Set-Cookie: x=1"; filename*=UTF-8''a%0D%0ASet-Cookie%3A%20x%3D1`],
  ])('%j', (name, expected) => {
    expect(contentDisposition('inline', name)).toBe(expected)
  })

  it('is one safe header line for any name, and the name can be read back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (name) => {
        const value = contentDisposition('attachment', name)
        expect(value).toMatch(
          /^attachment; filename="[\x20-\x21\x23-\x5b\x5d-\x7e]*"(?:; filename\*=UTF-8''[\w.~%-]*)?$/,
        )
        const extended = /filename\*=UTF-8''(.*)$/.exec(value)?.[1]
        const plain = /filename="(.*?)"/.exec(value)?.[1]
        expect(extended === undefined ? plain : decodeURIComponent(extended)).toBe(name.toWellFormed())
      }),
      { numRuns: 2000 },
    )
  })
})
