import { HoldfastError } from '@packages/shared/holdfast-error'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkName, nameFromFilename } from './file-name.ts'

const refusalOf = (run: () => unknown): string => {
  try {
    run()
  } catch (error) {
    if (error instanceof HoldfastError) return `${error.code} ${error.fields?.[0]?.path}`
    throw error
  }
  return 'accepted'
}

describe('checkName', () => {
  it.each([
    ['a path', '../x'],
    ['an absolute path', '/etc/passwd'],
    ['a Windows path', 'a\\b'],
    ['a NUL', 'a\0b'],
    ['a line feed', 'a\nb'],
    ['a carriage return', 'a\rb'],
    ['an escape', 'a\u001bb'],
    ['DEL', 'a\u007fb'],
    ['a C1 control', 'a\u0085b'],
    ['a line separator', 'a\u2028b'],
    ['nothing', ''],
    ['only spaces', '   '],
    ['one dot', '.'],
    ['two dots', '..'],
    ['half a surrogate pair', 'a\ud800'],
    ['256 bytes', 'a'.repeat(256)],
    ['128 two-byte characters', 'ü'.repeat(128)],
  ])('refuses %s', (_, name) => {
    expect(refusalOf(() => checkName(name, 'name'))).toBe('invalid_name name')
  })

  it('says which names are none in a sentence that can be read', () => {
    expect(() => checkName('..', 'name')).toThrow('The name must not be "." or "..".')
  })

  it.each([
    'a.txt',
    'a "quoted" name.txt',
    ' spaces around ',
    'CON',
    'nul.txt',
    'trailing.',
    '...',
    '.hidden',
    'gpj.\u202eexe.txt',
    '%2e%2e%2f',
    '日本語.txt',
    '👩‍👩‍👧.png',
    'a'.repeat(255),
    '<img src=x onerror=alert(1)>',
    "'; drop table files; --",
    '__proto__',
  ])('keeps %s as it is', (name) => {
    expect(checkName(name, 'name')).toBe(name)
  })

  it('stores composed characters, however they were sent', () => {
    expect(checkName('u\u0308.txt', 'name')).toBe('ü.txt')
  })

  it('gives only names that are accepted again, unchanged', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 80 }), (text) => {
        if (refusalOf(() => checkName(text, 'name')) !== 'accepted') return
        const once = checkName(text, 'name')
        expect(checkName(once, 'name')).toBe(once)
        expect(Buffer.from(once).toString()).toBe(once)
      }),
    )
  })
})

describe('nameFromFilename', () => {
  it.each([
    ['../../etc/passwd', 'passwd'],
    ['C:\\Users\\me\\photo.jpg', 'photo.jpg'],
    ['dir/sub/a.txt', 'a.txt'],
    ['a%22b.txt', 'a"b.txt'],
    ['100%25.txt', '100%25.txt'],
    ['a%2fb', 'a%2fb'],
  ])('reads %s', (filename, name) => {
    expect(nameFromFilename(filename)).toBe(name)
  })

  it.each([
    ['bytes that are no UTF-8', undefined],
    ['nothing', ''],
    ['a folder', 'dir/'],
    ['only dots', '..'],
    ['dots at the end of a path', 'a/..'],
    ['an escaped line end', 'a%0D%0Ab'],
  ])('refuses %s', (_, filename) => {
    expect(refusalOf(() => nameFromFilename(filename))).toBe('invalid_name file')
  })
})
