import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mergeQuery } from './merge-query.ts'
import { fillTarget, InvalidRedirects, leadsElsewhere, matchRedirect, parseRedirects } from './redirect-rules.ts'

/** The file of the specification's appendix. */
const EXAMPLES = `/redirect-one /one.html
/301-redirect-one /one.html 301
/302-redirect-two /two.html 302
/200-index /index.html 200
/posts/:year/:month/:day/:title /articles/:year/:month/:day/:title 301
/splat/* /redirected-splat/:splat 301
/not-found/* /404.html 404
/gone/* /410.html 410
/unavail/* /451.html 451
/* /index.html 200
`

const ask = (file: string, path: string): string | undefined => {
  const match = matchRedirect(parseRedirects(file), path.slice(1).split('/'))
  return match === undefined ? undefined : `${match.rule.status} ${fillTarget(match, encodeURIComponent)}`
}

describe('Web _redirects File Specification', () => {
  it.each([
    ['/redirect-one', '301 /one.html'],
    ['/301-redirect-one', '301 /one.html'],
    ['/302-redirect-two', '302 /two.html'],
    ['/200-index', '200 /index.html'],
    ['/posts/2022/01/01/hello-world', '301 /articles/2022/01/01/hello-world'],
    ['/splat/one.html', '301 /redirected-splat/one.html'],
    ['/splat/a/b/c', '301 /redirected-splat/a/b/c'],
    ['/not-found/x', '404 /404.html'],
    ['/gone/x', '410 /410.html'],
    ['/unavail/x', '451 /451.html'],
    ['/anything/else', '200 /index.html'],
  ])('the examples: %s gives %s', (path, expected) => {
    expect(ask(EXAMPLES, path)).toBe(expected)
  })

  it.each([200, 301, 302, 303, 307, 308, 404, 410, 451])('Status: %s is one', (status) => {
    expect(ask(`/a /b ${status}`, '/a')).toBe(`${status} /b`)
  })

  it.each([
    ['Status: another one', '/a /b 418'],
    ['Status: a forced one', '/a /b 301!'],
    ['no target', '/a'],
    ['From: no path', 'a /b'],
    ['To: no path', '/a b'],
    ['To: another scheme', '/a javascript:alert(1)'],
    ['To: a host without a scheme', '/a //evil.example 200'],
    ['To: another host that is to be shown as this one', '/a https://evil.example/ 200'],
    ['Placeholders: the same one twice in from', '/:a/:a /b'],
    ['Catch-All Splat: not at the end', '/a*b /c'],
    ['conditions, which are not known here', '/a /b 301 Country=ch'],
  ])('%s is an error', (_, line) => {
    expect(() => parseRedirects(`/fine /x\n${line}`)).toThrow(InvalidRedirects)
    expect(() => parseRedirects(`/fine /x\n${line}`)).toThrow('line 2')
  })

  it('Comments, Line Termination, Whitespace: ignored', () => {
    expect(ask('# no\r\n\r\n \t /a\t \t/b  302 \t\r\n   # neither', '/a')).toBe('302 /b')
    expect(parseRedirects('\n\n#\n')).toEqual([])
  })

  it('Placeholders: may come more than once in to, and unknown ones stay', () => {
    expect(ask('/:a/:b /:b/:a/:b/:c', '/x/y')).toBe('301 /y/x/y/:c')
  })

  it('Order: the first that fits', () => {
    expect(ask('/a /first\n/a /second\n/* /third', '/a')).toBe('301 /first')
  })

  it('what a placeholder takes cannot make another address of it', () => {
    expect(ask('/x/* /:splat', '/x/?a#b')).toBe('301 /%3Fa%23b')
    expect(ask('/:a /y/:a', '/\\evil.example')).toBe('301 /y/%5Cevil.example')
  })

  it('a closing slash makes no difference, and a splat may be empty', () => {
    expect(ask('/a /b', '/a/')).toBe('301 /b')
    expect(ask('/a/* /b/:splat', '/a')).toBe('301 /b/')
  })

  it('letters are compared as they are meant', () => {
    expect(ask('/%C3%A4 /b', '/ä')).toBe('301 /b')
    expect(ask('/ä /b', '/ä')).toBe('301 /b')
  })

  it.each([
    ['/a', false],
    ['//evil.example', true],
    ['/\\evil.example', true],
    ['https://evil.example', true],
  ])('%s leads elsewhere: %s', (to, expected) => {
    expect(leadsElsewhere(to)).toBe(expected)
  })

  it('any text is rules or an error', () => {
    const word = fc.constantFrom(
      '/',
      '/a',
      '/:x',
      '*',
      '/*',
      ' ',
      '\t',
      '\n',
      '\r\n',
      '301',
      '200',
      '!',
      '#',
      'https://x',
      '\u0000',
    )
    fc.assert(
      fc.property(fc.array(word, { maxLength: 60 }), (words) => {
        try {
          for (const { from, to } of parseRedirects(words.join(''))) expect([from, to]).toBeDefined()
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidRedirects)
        }
      }),
    )
  })
})

describe('Query Parameters', () => {
  it.each([
    ['/t', '', '/t'],
    ['/t', '?a=1', '/t?a=1'],
    ['/t?s=1', '?a=2', '/t?s=1&a=2'],
    ['/t?s=1&k=2', '?s=3&s=4', '/t?k=2&s=3&s=4'],
    ['/t?s=1#x', '?a=2', '/t?s=1&a=2#x'],
    ['https://example.net/t/x', '?a=b&c', 'https://example.net/t/x?a=b&c'],
  ])('%s asked with %s is %s', (target, asked, expected) => {
    expect(mergeQuery(target, asked)).toBe(expected)
  })
})
