import { describe, expect, it } from 'vitest'
import { OutgoingRefused } from './outgoing-refused.ts'
import { readOutgoingUrl } from './outgoing-url.ts'

const refusalOf = (text: string): string | undefined => {
  try {
    readOutgoingUrl(text)
  } catch (error) {
    if (error instanceof OutgoingRefused) return error.reason
    throw error
  }
  return undefined
}

describe('addresses that somebody else wrote', () => {
  it.each([
    ['https://hooks.example.org', 'hooks.example.org', 443],
    ['https://hooks.example.org:443/x?y=1#z', 'hooks.example.org', 443],
    ['http://hooks.example.org/a/b%20c', 'hooks.example.org', 80],
    ['HTTPS://Hooks.Example.ORG/', 'hooks.example.org', 443],
    ['https://xn--bcher-kva.example/', 'xn--bcher-kva.example', 443],
    ['https://8.8.8.8:8443/', '8.8.8.8', 8443],
    ['https://[2606:4700:4700::1111]:443/', '2606:4700:4700::1111', 443],
  ])('reads %s', (text, host, port) => expect(readOutgoingUrl(text)).toMatchObject({ host, port }))

  it.each([
    ['decimal IPv4', 'http://2130706433/'],
    ['octal IPv4', 'http://0177.0.0.1/'],
    ['octal IPv4 of a public address', 'http://010.8.8.8/'],
    ['hex IPv4', 'http://0x7f000001/'],
    ['hex IPv4 by parts', 'http://0x7f.0x0.0x0.0x1/'],
    ['short IPv4', 'http://127.1/'],
    ['0', 'http://0/'],
    ['IPv4 with a closing dot', 'http://127.0.0.1./'],
    ['a name with a closing dot', 'http://localhost./'],
    ['a public name with a closing dot', 'http://example.org./'],
    ['full-width digits', 'http://１２７.０.０.１/'],
    ['circled digits', 'http://①②⑦.⓪.⓪.①/'],
    ['an ideographic full stop', 'http://127。0。0。1/'],
    ['a name that is not ASCII', 'http://bücher.example/'],
    ['a soft hyphen', 'http://local\u00adhost/'],
    ['percent codes', 'http://%31%32%37.0.0.1/'],
    ['percent codes of a name', 'http://loc%61lhost/'],
    ['a user', 'http://admin@example.org/'],
    ['a user and a password', 'http://a:b@example.org/'],
    ['an empty user', 'http://@example.org/'],
    ['a host that looks like a user', 'http://example.org@127.0.0.1/'],
    ['a backslash', 'http://example.org\\@127.0.0.1/'],
    ['a backslash in the path', 'http://example.org/\\x'],
    ['a tab', 'http://exa\tmple.org/'],
    ['a line end', 'http://example.org/\r\nHost: x'],
    ['a leading blank', ' http://example.org/'],
    ['a missing slash', 'http:/example.org/'],
    ['no slashes', 'http:example.org'],
    ['three slashes', 'http:///example.org/'],
    ['an IPv6 zone', 'http://[fe80::1%25eth0]/'],
    ['an IPv6 address at length', 'http://[0:0:0:0:0:0:0:1]/'],
    ['a mapped address, dotted', 'http://[::ffff:127.0.0.1]/'],
    ['an odd port', 'http://example.org:0080/'],
    ['a port out of range', 'http://example.org:65616/'],
    ['nothing', ''],
    ['too much', `http://example.org/${'a'.repeat(3_000)}`],
  ])('refuses %s', (_what, text) => expect([text, refusalOf(text)]).toEqual([text, 'spelling']))

  it.each([
    'ftp://example.org/',
    'file:///etc/passwd',
    'gopher://example.org/',
    'data:text/plain,x',
    'javascript:1',
    'ws://example.org/',
    'blob:http://example.org/x',
  ])('refuses the scheme of %s', (text) => expect(refusalOf(text)).toBe('scheme'))
})
