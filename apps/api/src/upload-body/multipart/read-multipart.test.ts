import { HoldfastError } from '@packages/shared/holdfast-error'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { boundaryOf } from './boundary.ts'
import { readMultipart } from './read-multipart.ts'

const CRLF = '\r\n'
const BOUNDARY = 'XyZ'
const part = (headers: string, body: string) => `--${BOUNDARY}${CRLF}${headers}${CRLF}${CRLF}${body}${CRLF}`
const file = 'Content-Disposition: form-data; name="file"; filename="a.txt"'
const END = `--${BOUNDARY}--${CRLF}`

async function* pieces(body: Buffer, size = body.length || 1): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < body.length; at += size) yield body.subarray(at, at + size)
}

const read = async (body: string | Buffer, size?: number) => {
  const parts: { name: string; filename: string | null; contentType: string | null; bytes: Buffer }[] = []
  const bytes = typeof body === 'string' ? Buffer.from(body, 'latin1') : body
  for await (const { body: content, ...headers } of readMultipart(pieces(bytes, size), BOUNDARY)) {
    const read: Uint8Array[] = []
    for await (const piece of content) read.push(Buffer.from(piece))
    parts.push({ ...headers, bytes: Buffer.concat(read) })
  }
  return parts
}

const codeOf = async (run: Promise<unknown>): Promise<string> => {
  const error: unknown = await run.then(
    () => 'no error',
    (reason: unknown) => reason,
  )
  return error instanceof HoldfastError ? error.code : String(error)
}

describe('readMultipart', () => {
  it('gives back every part, however the body is cut into pieces and whatever bytes it holds', async () => {
    // Bodies are made of the pieces of a delimiter, so that near misses are the rule.
    const bytes = fc
      .array(fc.constantFrom('\r', '\n', '\r\n', '-', '--', 'X', 'Xy', '\r\n--Xy', '\r\n--', 'a', '\u00ff'), {
        maxLength: 40,
      })
      .map((texts) => Buffer.from(texts.join(''), 'latin1'))
      .filter((body) => !Buffer.concat([Buffer.from(CRLF), body]).includes(`${CRLF}--${BOUNDARY}`))
    await fc.assert(
      fc.asyncProperty(fc.array(bytes, { maxLength: 5 }), fc.integer({ min: 1, max: 50 }), async (bodies, size) => {
        const form = Buffer.concat([
          ...bodies.flatMap((body, index) => [
            Buffer.from(`--${BOUNDARY}${CRLF}content-disposition: form-data; name=f${index}${CRLF}${CRLF}`),
            body,
            Buffer.from(CRLF),
          ]),
          Buffer.from(END),
        ])
        const parts = await read(form, size)
        expect(parts.map((part) => part.name)).toEqual(bodies.map((_, index) => `f${index}`))
        for (const [index, body] of bodies.entries()) expect(parts[index]?.bytes.equals(body)).toBe(true)
      }),
      { numRuns: 500 },
    )
  })

  it.each([1, 2, 3, 7, 1000])('reads name, file name and type with pieces of %i bytes', async (size) => {
    const form =
      part(`${file}${CRLF}Content-Type: text/plain`, 'hello') + part('Content-Disposition: form-data; name=note', '')
    expect(await read(form + END, size)).toEqual([
      { name: 'file', filename: 'a.txt', contentType: 'text/plain', bytes: Buffer.from('hello') },
      { name: 'note', filename: null, contentType: null, bytes: Buffer.alloc(0) },
    ])
  })

  it('skips what the reader leaves unread, also when it stops in the middle of a part', async () => {
    const form = Buffer.from(part(file, 'x'.repeat(100)) + part('Content-Disposition: form-data; name=b', 'yes') + END)
    const seen: string[] = []
    for await (const { name, body } of readMultipart(pieces(form, 8), BOUNDARY)) {
      seen.push(name)
      for await (const _ of body) break
    }
    expect(seen).toEqual(['file', 'b'])
  })

  it('asks the source for nothing while a part is not read', async () => {
    let asked = 0
    async function* source() {
      yield Buffer.from(`--${BOUNDARY}${CRLF}${file}${CRLF}${CRLF}`)
      for (;;) {
        asked++
        yield Buffer.alloc(1024)
      }
    }
    const form = readMultipart(source(), BOUNDARY)
    const { value } = await form.next()
    expect(asked).toBe(0)
    await value?.body.next()
    expect(asked).toBe(1)
  })

  it('passes large pieces through without copying them', async () => {
    const large = Buffer.alloc(100_000, 'a')
    async function* source() {
      yield Buffer.from(`--${BOUNDARY}${CRLF}${file}${CRLF}${CRLF}`)
      yield large
      yield Buffer.from(`${CRLF}${END}`)
    }
    for await (const { body } of readMultipart(source(), BOUNDARY)) {
      for await (const piece of body) expect(piece.buffer).toBe(large.buffer)
    }
  })

  it.each([
    ['an empty body', '', 'truncated_body'],
    ['no closing boundary', part(file, 'hello'), 'truncated_body'],
    ['an end inside of the file', `--${BOUNDARY}${CRLF}${file}${CRLF}${CRLF}hel`, 'truncated_body'],
    ['an end inside of the headers', `--${BOUNDARY}${CRLF}Content-Disp`, 'truncated_body'],
    ['an end after one dash', `--${BOUNDARY}-`, 'truncated_body'],
    [
      'another boundary',
      `--other${CRLF}${file}${CRLF}${CRLF}x${CRLF}--other--${' '.repeat(5000)}`,
      'invalid_multipart',
    ],
    ['text after a boundary', `--${BOUNDARY}abc${CRLF}${file}${CRLF}${CRLF}x${CRLF}${END}`, 'invalid_multipart'],
    ['no headers', `--${BOUNDARY}${CRLF}${CRLF}x${CRLF}${END}`, 'invalid_multipart'],
    ['no Content-Disposition', part('Content-Type: text/plain', 'x') + END, 'invalid_multipart'],
    ['an attachment', part('Content-Disposition: attachment; name="file"', 'x') + END, 'invalid_multipart'],
    ['no name', part('Content-Disposition: form-data; filename="a"', 'x') + END, 'invalid_multipart'],
    ['an empty name', part('Content-Disposition: form-data; name=""', 'x') + END, 'invalid_multipart'],
    ['an open quote', part('Content-Disposition: form-data; name="file', 'x') + END, 'invalid_multipart'],
    ['a header without colon', part(`${file}${CRLF}nonsense`, 'x') + END, 'invalid_multipart'],
    ['a header twice', part(`${file}${CRLF}${file}`, 'x') + END, 'invalid_multipart'],
    ['a folded header', part(`${file};${CRLF} x=y`, 'x') + END, 'invalid_multipart'],
    ['a line feed in a header', part('Content-Disposition: form-data; name="a\nb"', 'x') + END, 'invalid_multipart'],
    ['a NUL in a header', part('Content-Disposition: form-data; name="a\0b"', 'x') + END, 'invalid_multipart'],
    ['base64', part(`${file}${CRLF}Content-Transfer-Encoding: base64`, 'eA==') + END, 'invalid_multipart'],
    ['a header of 9 KiB', part(`${file}${CRLF}X-Long: ${'a'.repeat(9 * 1024)}`, 'x') + END, 'invalid_multipart'],
    [
      '17 headers',
      part([file, ...Array.from({ length: 16 }, (_, n) => `X-${n}: 1`)].join(CRLF), 'x') + END,
      'invalid_multipart',
    ],
    ['17 files', part(file, 'x').repeat(17) + END, 'invalid_multipart'],
    ['17 fields', part('Content-Disposition: form-data; name=a', 'x').repeat(17) + END, 'invalid_multipart'],
    ['much text after the end', part(file, 'x') + END + 'x'.repeat(5000), 'invalid_multipart'],
    ['line feeds only', (part(file, 'x') + END).replaceAll('\r\n', '\n').padEnd(5000), 'invalid_multipart'],
  ])('refuses %s', async (_, form, code) => {
    expect(await codeOf(read(form))).toBe(code)
    expect(await codeOf(read(form, 3))).toBe(code)
  })

  it.each([
    ['"a\\"b.txt"', 'a"b.txt'],
    ['"C:\\dir\\a.txt"', 'C:\\dir\\a.txt'],
    ['"a;b.txt"', 'a;b.txt'],
    ['plain', 'plain'],
    ['""', ''],
  ])('reads the file name %s', async (text, expected) => {
    const [only] = await read(part(`Content-Disposition: form-data; name=file; filename=${text}`, 'x') + END)
    expect(only?.filename).toBe(expected)
  })

  it("reads filename* where it is all there is: RFC 7578 forbids it, some clients don't care", async () => {
    const [only] = await read(part("Content-Disposition: form-data; name=file; filename*=UTF-8''a%C3%BC", 'x') + END)
    expect(only?.filename).toBe('a\u00c3\u00bc')
  })

  it('takes a preamble, padding after a boundary and an epilogue', async () => {
    const form = `preamble${CRLF}--${BOUNDARY} \t${CRLF}${file}${CRLF}${CRLF}x${CRLF}--${BOUNDARY}--epilogue`
    expect(await read(form)).toHaveLength(1)
  })
})

describe('boundaryOf', () => {
  it.each([
    ['multipart/form-data; boundary=abc', 'abc'],
    ['Multipart/Form-Data; charset=utf-8; Boundary="a b"', 'a b'],
  ])('reads %s', (contentType, boundary) => {
    expect(boundaryOf(contentType)).toBe(boundary)
  })

  it.each([
    [undefined, 'unsupported_media_type'],
    ['application/json', 'unsupported_media_type'],
    ['multipart/form-database; boundary=a', 'unsupported_media_type'],
    ['multipart/form-data', 'invalid_multipart'],
    ['multipart/form-data; boundary=""', 'invalid_multipart'],
    [`multipart/form-data; boundary=${'a'.repeat(201)}`, 'invalid_multipart'],
  ])('refuses %s', async (contentType, code) => {
    expect(await codeOf(Promise.resolve().then(() => boundaryOf(contentType)))).toBe(code)
  })
})
