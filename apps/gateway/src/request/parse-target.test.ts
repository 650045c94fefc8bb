import * as fc from 'fast-check'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { describe, expect, it } from 'vitest'
import { parseTarget } from './parse-target.ts'

const codeOf = (target: string): string => {
  try {
    parseTarget(target)
    return 'ok'
  } catch (error) {
    if (error instanceof HoldfastError) return error.code
    throw error
  }
}

describe('parseTarget', () => {
  it.each([
    ['/', ['']],
    ['/ipfs/bafy', ['ipfs', 'bafy']],
    ['/ipfs/bafy/', ['ipfs', 'bafy', '']],
    ['/ipfs/bafy/a%20b.txt', ['ipfs', 'bafy', 'a b.txt']],
    ['/ipfs/bafy/%F0%9F%A6%80', ['ipfs', 'bafy', '🦀']],
    // What clients that do not encode send: raw UTF-8, which node hands over byte by byte.
    [`/ipfs/bafy/${Buffer.from('тест').toString('latin1')}`, ['ipfs', 'bafy', 'тест']],
    ['/ipfs/bafy/a+b', ['ipfs', 'bafy', 'a+b']],
    ['/ipfs/bafy/a\\b', ['ipfs', 'bafy', 'a\\b']],
    ['http://elsewhere.example/ipfs/bafy', ['ipfs', 'bafy']],
    ['/ipfs/bafy?x=/../', ['ipfs', 'bafy']],
    ['http://elsewhere.example', ['']],
    ['http://elsewhere.example?filename=x', ['']],
  ])('reads %s', (target, path) => {
    expect(parseTarget(target).path).toEqual(path)
  })

  it.each([
    ['', 'no path'],
    ['*', 'the asterisk form'],
    ['ipfs/bafy', 'no slash'],
    ['elsewhere.example:443', 'the authority form'],
    ['ftp://elsewhere.example/ipfs/x', 'another scheme'],
    ['//ipfs/bafy', 'an empty segment first'],
    ['/ipfs//bafy', 'an empty segment'],
    ['/ipfs/bafy//', 'two slashes at the end'],
    ['/ipfs/../etc/passwd', 'dot-dot'],
    ['/ipfs/%2e%2e/etc', 'encoded dot-dot'],
    ['/ipfs/./x', 'a dot'],
    ['/ipfs/a%2Fb', 'an encoded slash'],
    ['/ipfs/a%00b', 'NUL'],
    ['/ipfs/a%0d%0aX: y', 'a line break'],
    ['/ipfs/a%7f', 'DEL'],
    ['/ipfs/%', 'half an escape'],
    ['/ipfs/%zz', 'no escape'],
    ['/ipfs/%ff', 'no UTF-8'],
    ['/ipfs/%c0%ae%c0%ae', 'overlong UTF-8'],
    ['/ipfs/%ed%a0%80', 'a surrogate'],
    ['/ipfs/\u00ff', 'a raw byte that is no UTF-8'],
    ['/ipfs/a#b', 'a fragment'],
    ['/ipfs/a?filename=%00', 'NUL in a name'],
    ['/ipfs/a?filename=%0d%0aSet-Cookie:x', 'a line break in a name'],
    ['/ipfs/a?filename=%ff', 'no UTF-8 in a name'],
    [`/ipfs/a?filename=${'x'.repeat(256)}`, 'a name that is too long'],
    [`/${'a/'.repeat(300)}`, 'hundreds of segments'],
  ])('refuses %s (%s)', (target) => {
    expect(codeOf(target)).toBe('invalid_path')
  })

  it('refuses addresses beyond 8 KiB', () => {
    expect(codeOf(`/ipfs/${'a'.repeat(8192)}`)).toBe('uri_too_long')
  })

  it('takes the first of several parameters, and nothing from those it does not know', () => {
    expect(parseTarget('/a?filename=1.txt&filename=2.txt&x=%zz&download=1').query).toEqual({
      written: 'filename=1.txt&filename=2.txt&x=%zz&download=1',
      filename: '1.txt',
      download: false,
      format: undefined,
    })
    expect(parseTarget('/a?download=true&format=raw&filename=a+b%2Bc').query).toEqual({
      written: 'download=true&format=raw&filename=a+b%2Bc',
      filename: 'a b+c',
      download: true,
      format: 'raw',
    })
  })

  it('either refuses or gives clean segments', () => {
    const target = fc.oneof(
      fc.string({ unit: 'binary-ascii' }),
      fc
        .array(fc.constantFrom('/', '%', '2', 'e', '.', '?', '&', '=', '\u00e9', '0', 'f', 'filename'))
        .map((all) => all.join('')),
    )
    fc.assert(
      fc.property(target, (text) => {
        if (codeOf(`/${text}`) !== 'ok') return
        const { path } = parseTarget(`/${text}`)
        for (const [index, segment] of path.entries()) {
          expect(segment === '' && index < path.length - 1).toBe(false)
          // oxlint-disable-next-line no-control-regex -- control characters are what must not be there
          expect(segment).not.toMatch(/[\u0000-\u001f\u007f/]|^\.{1,2}$/)
        }
      }),
      { numRuns: 3000 },
    )
  })
})
