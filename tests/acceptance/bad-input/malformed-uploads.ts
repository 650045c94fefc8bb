import { fileBody, MULTIPART, multipartBody } from '../multipart-body.ts'
import type { RawRequest } from '../raw-request.ts'
import { type BadInputRow, bearer, JSON_TYPE } from './row.ts'

/** The platform of this suite takes files up to this size. */
export const UPLOAD_LIMIT = 4 * 1024 * 1024

const upload = (
  name: string,
  status: number,
  code: string,
  request: Omit<RawRequest, 'target'> & { query?: string },
): BadInputRow => ({
  name: `upload: ${name}`,
  to: 'api',
  request: ({ key }) => ({
    method: 'POST',
    target: `/api/v1/files/upload${request.query ?? ''}`,
    ...request,
    headers: [bearer(key), ...(request.headers ?? [])],
  }),
  status,
  code,
})

const form = (name: string, status: number, code: string, parts: Parameters<typeof multipartBody>[0]): BadInputRow =>
  upload(name, status, code, { headers: [MULTIPART], body: multipartBody(parts) })

const named = (what: string, value: string | Uint8Array): BadInputRow =>
  form(`the name is ${what}`, 400, 'invalid_name', [
    { name: 'name', body: value },
    { name: 'file', filename: 'a.txt', body: 'x' },
  ])

const withMetadata = (what: string, value: string): BadInputRow =>
  form(`the metadata is ${what}`, 400, 'invalid_metadata', [
    { name: 'metadata', body: value },
    { name: 'file', filename: 'a.txt', body: 'x' },
  ])

/** Bodies of uploads that are cut off, too large, of another kind, or say something that cannot be. */
export const malformedUploads: readonly BadInputRow[] = [
  upload('no body at all', 415, 'unsupported_media_type', {}),
  upload('JSON', 415, 'unsupported_media_type', { headers: [JSON_TYPE], body: '{}' }),
  upload('a form of the other kind', 415, 'unsupported_media_type', {
    headers: [['Content-Type', 'application/x-www-form-urlencoded']],
    body: 'file=x',
  }),
  upload('no boundary', 400, 'invalid_multipart', {
    headers: [['Content-Type', 'multipart/form-data']],
    body: fileBody('x'),
  }),
  upload('another boundary than the body has', 400, 'invalid_multipart', {
    headers: [['Content-Type', 'multipart/form-data; boundary=other']],
    body: fileBody('x'.repeat(10_000)),
  }),
  upload('an empty form', 400, 'truncated_body', { headers: [MULTIPART], body: '' }),
  upload('no part of that name', 400, 'missing_file', { headers: [MULTIPART], body: multipartBody([]) }),
  form('a field that nobody knows', 400, 'unknown_field', [
    { name: 'files', filename: 'a.txt', body: 'x' },
    { name: 'file', filename: 'a.txt', body: 'x' },
  ]),
  form('a part without a name', 400, 'invalid_multipart', [{ name: '', filename: 'a.txt', body: 'x' }]),
  form('two files of one name', 400, 'invalid_path', [
    { name: 'file', filename: 'a.txt', body: 'x' },
    { name: 'file', filename: 'a.txt', body: 'y' },
  ]),
  form('a folder with a path that leads out of it', 400, 'invalid_path', [
    { name: 'file', filename: 'photos/a.txt', body: 'x' },
    { name: 'file', filename: 'photos/../../b.txt', body: 'y' },
  ]),
  form('a name said twice', 400, 'invalid_multipart', [
    { name: 'name', body: 'x' },
    { name: 'name', body: 'y' },
    { name: 'file', filename: 'a.txt', body: 'x' },
  ]),
  form('a part whose headers are 9 KiB', 400, 'invalid_multipart', [
    { name: 'file', filename: 'a.txt', headers: `X-Long: ${'a'.repeat(9 * 1024)}\r\n`, body: 'x' },
  ]),
  form('a part in an encoding that forms do not have', 400, 'invalid_multipart', [
    { name: 'file', filename: 'a.txt', headers: 'Content-Transfer-Encoding: base64\r\n', body: 'eA==' },
  ]),
  upload('no closing boundary', 400, 'truncated_body', {
    headers: [MULTIPART],
    body: multipartBody([{ name: 'file', filename: 'a.txt', body: 'x' }], { closed: false }),
  }),
  upload('the caller hangs up before the announced length', 400, 'invalid_request', {
    headers: [MULTIPART, ['Content-Length', '100000']],
    body: fileBody('x'.repeat(500)).subarray(0, 300),
    length: false,
    afterwards: 'close',
  }),
  upload('chunks that are none', 400, 'invalid_request', {
    headers: [MULTIPART, ['Transfer-Encoding', 'chunked']],
    body: 'zz\r\nnot a chunk\r\n0\r\n\r\n',
    length: false,
  }),
  upload('a file over the limit, as its length says', 413, 'payload_too_large', {
    headers: [MULTIPART, ['Content-Length', String(UPLOAD_LIMIT * 10)]],
    body: fileBody('x').subarray(0, 60),
    length: false,
  }),
  upload('a file one byte over the limit', 413, 'payload_too_large', {
    headers: [MULTIPART],
    body: fileBody(Buffer.alloc(UPLOAD_LIMIT + 1)),
  }),
  form('a name of 100 KiB', 400, 'invalid_name', [
    { name: 'name', body: 'x'.repeat(100 * 1024) },
    { name: 'file', filename: 'a.txt', body: 'x' },
  ]),
  named('empty', ''),
  named('the parent folder', '..'),
  named('a path', '../../etc/passwd'),
  named('a path of Windows', '..\\..\\boot.ini'),
  named('cut by a NUL', 'a\0.txt'),
  named('a control character', 'a\u001bb'),
  named('over two lines', 'a\r\nSet-Cookie: a=b'),
  named('256 bytes long', 'ä'.repeat(128)),
  named('the folder itself', '.'),
  named('white space', ' \t '),
  named('no UTF-8', Uint8Array.of(0x61, 0xff, 0xfe)),
  withMetadata('no JSON', '{a: 1}'),
  withMetadata('a list', '[1]'),
  withMetadata('a prototype', '{"__proto__": {"a": 1}}'),
  withMetadata('holding a NUL', '{"a": "\\u0000"}'),
  withMetadata('nested 200 deep', `${'{"a":'.repeat(200)}1${'}'.repeat(200)}`),
  withMetadata('100 KiB', JSON.stringify({ a: 'x'.repeat(100 * 1024) })),
  upload('an Idempotency-Key of 300 characters', 400, 'invalid_idempotency_key', {
    headers: [MULTIPART, ['Idempotency-Key', 'k'.repeat(300)]],
    body: fileBody('x'),
  }),
  upload('an empty Idempotency-Key', 400, 'invalid_idempotency_key', {
    headers: [MULTIPART, ['Idempotency-Key', '']],
    body: fileBody('x'),
  }),
]
