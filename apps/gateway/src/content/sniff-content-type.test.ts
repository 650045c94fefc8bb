import { describe, expect, it } from 'vitest'
import { sniffContentType } from './sniff-content-type.ts'

const PNG = Buffer.from('89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489', 'hex')

describe('sniffContentType', () => {
  it.each<[string, Buffer, string]>([
    ['nothing', Buffer.alloc(0), 'text/plain; charset=utf-8'],
    ['ASCII', Buffer.from('hello\n'), 'text/plain; charset=utf-8'],
    ['UTF-8', Buffer.from('тест'), 'text/plain; charset=utf-8'],
    ['UTF-8 that is cut within a character', Buffer.from('тест').subarray(0, 7), 'text/plain; charset=utf-8'],
    ['Latin-1', Buffer.from('caf\u00e9 au lait', 'latin1'), 'application/octet-stream'],
    ['binary', Buffer.from([0, 1, 2, 3]), 'application/octet-stream'],
    ['HTML', Buffer.from('\n <!DOCTYPE html><title>x'), 'text/html; charset=utf-8'],
    ['a script', Buffer.from('<script>alert(1)</script>'), 'text/html; charset=utf-8'],
    ['SVG', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'image/svg+xml; charset=utf-8'],
    [
      'SVG after a declaration',
      Buffer.from('<?xml version="1.0"?>\n<!-- x -->\n<svg/>'),
      'image/svg+xml; charset=utf-8',
    ],
    ['XML', Buffer.from('<?xml version="1.0"?><rss/>'), 'application/xml; charset=utf-8'],
    ['PDF', Buffer.from('%PDF-1.7\n%\u00e2\u00e3', 'latin1'), 'application/pdf'],
    ['PNG', PNG, 'image/png'],
    ['gzip', Buffer.from('1f8b0800000000000003', 'hex'), 'application/gzip'],
  ])('%s', async (_what, head, expected) => {
    expect(await sniffContentType(head)).toBe(expected)
  })

  it('takes text for text wherever its head is cut', async () => {
    const text = Buffer.from('aé€𝄞'.repeat(5))
    for (let end = 0; end <= text.length; end++)
      expect(await sniffContentType(text.subarray(0, end))).toBe('text/plain; charset=utf-8')
  })

  it.each([
    ['a byte that begins nothing', [0xff]],
    ['the rest of a character alone', [0x61, 0x80]],
    ['a character cut within', [0xe2, 0x82, 0x61]],
    ['a long form of a short character', [0xe0, 0x80]],
    ['half of a pair', [0xed, 0xa0]],
  ])('takes %s for no text', async (_what, bytes) => {
    expect(await sniffContentType(Buffer.from(bytes))).toBe('application/octet-stream')
  })

  it('is quick on heads that are made to be slow', async () => {
    const comments = Buffer.from('<!---->'.repeat(600)).subarray(0, 4100)
    const spaces = Buffer.alloc(4100, ' ')
    const started = performance.now()
    expect(await sniffContentType(comments)).toBe('text/html; charset=utf-8')
    expect(await sniffContentType(spaces)).toBe('text/plain; charset=utf-8')
    expect(performance.now() - started).toBeLessThan(200)
  })
})
