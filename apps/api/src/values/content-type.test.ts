import { expect, it } from 'vitest'
import { contentTypeOf } from './content-type.ts'

it.each([
  ['image/png', 'a', 'image/png'],
  ['Image/PNG', 'a', 'image/png'],
  ['text/plain; charset=utf-8', 'a', 'text/plain; charset=utf-8'],
  ['text/plain; title="a \\" b"', 'a', 'text/plain; title="a \\" b"'],
  ['application/octet-stream', 'photo.jpg', 'image/jpeg'],
  ['application/octet-stream', 'photo', 'application/octet-stream'],
  [null, 'page.html', 'text/html'],
  [null, 'noextension', 'application/octet-stream'],
  [null, 'png', 'application/octet-stream'],
  [null, '', 'application/octet-stream'],
  ['', 'a.txt', 'text/plain'],
  ['nonsense', 'a.txt', 'text/plain'],
  ['text/plain, text/html', 'a.png', 'image/png'],
  ['text/html\u00fc', 'a.png', 'image/png'],
  ['multipart/mixed; boundary=a', 'a.bin', 'application/octet-stream'],
  [`text/${'a'.repeat(300)}`, 'a.png', 'image/png'],
])('reads %s for a file named %s as %s', (declared, name, expected) => {
  expect(contentTypeOf(declared, name)).toBe(expected)
})
