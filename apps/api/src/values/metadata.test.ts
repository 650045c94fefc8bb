import { HoldfastError } from '@packages/shared/holdfast-error'
import { describe, expect, it } from 'vitest'
import { MAX_METADATA_BYTES, parseMetadata } from './metadata.ts'

const nested = (depth: number): string => '{"a":'.repeat(depth - 1).concat('{}', '}'.repeat(depth - 1))

describe('parseMetadata', () => {
  it.each([
    ['no JSON', '{"a":', 'metadata'],
    ['an empty text', '', 'metadata'],
    ['an array', '[1]', 'metadata'],
    ['null', 'null', 'metadata'],
    ['a text', '"a"', 'metadata'],
    ['nine levels', nested(9), 'metadata.a.a.a.a.a.a.a.a'],
    ['a thousand levels', nested(1000), 'metadata.a.a.a.a.a.a.a.a'],
    ['__proto__', '{"a":{"__proto__":{"x":1}}}', 'metadata.a'],
    ['NUL in a text', '{"a":"\\u0000"}', 'metadata.a'],
    ['NUL in a key', '{"\\u0000":1}', 'metadata'],
    ['half a surrogate pair', '{"a":"\\ud800"}', 'metadata.a'],
    ['a number beyond range', '{"a":1e999}', 'metadata.a'],
    ['a number that would lose digits', '{"a":12345678901234567890}', 'metadata.a'],
    ['more than 16 KiB', `{"a":"${'x'.repeat(MAX_METADATA_BYTES)}"}`, 'metadata'],
  ])('refuses %s', (_, text, path) => {
    let error: unknown
    try {
      parseMetadata(text)
    } catch (thrown) {
      error = thrown
    }
    expect(error).toBeInstanceOf(HoldfastError)
    expect(error).toMatchObject({ code: 'invalid_metadata', fields: [{ path }] })
  })

  it.each(['{}', nested(8), '{"a":[1,2.5,null,true,"ü"],"constructor":"x","":0}', '{"n":9007199254740991}'])(
    'takes %s',
    (text) => {
      expect(parseMetadata(text)).toEqual(JSON.parse(text))
    },
  )
})
