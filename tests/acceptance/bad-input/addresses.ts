import type { RawRequest } from '../raw-request.ts'
import { type BadInputContext, type BadInputRow, bearer, JSON_TYPE } from './row.ts'

const row = (
  name: string,
  status: number,
  code: string,
  request: RawRequest | ((context: BadInputContext) => RawRequest),
): BadInputRow => ({
  name: `address: ${name}`,
  to: 'api',
  request: typeof request === 'function' ? request : () => request,
  status,
  code,
})

/** Addresses, methods and headers that an HTTP server meets from scanners. */
export const addresses: readonly BadInputRow[] = [
  row('a route that is none', 404, 'not_found', { target: '/api/v1/nothing' }),
  row('a file that is not there', 404, 'not_found', { target: '/wp-login.php' }),
  row('out of the dashboard’s folder', 404, 'not_found', { target: '/_next/../../../package.json' }),
  row('out of it, percent-encoded', 404, 'not_found', { target: '/_next/%2e%2e/%2e%2e/%2e%2e/package.json' }),
  row('out of it, with an encoded slash', 404, 'not_found', { target: '/..%2f..%2f..%2fpackage.json' }),
  row('out of it, with a backslash', 404, 'not_found', { target: '/..%5c..%5cpackage.json' }),
  row('the password file', 404, 'not_found', { target: '/../../../../etc/passwd' }),
  row('a hidden file of the export', 404, 'not_found', { target: '/.sources' }),
  row('percent-encoding that is none', 400, 'invalid_path', { target: '/api/v1/files/%zz' }),
  row('a NUL', 400, 'invalid_request', ({ key }) => ({ target: '/api/v1/files/a%00b', headers: [bearer(key)] })),
  row('9,000 characters in one part', 414, 'uri_too_long', ({ key }) => ({
    target: `/api/v1/files/${'a'.repeat(9_000)}`,
    headers: [bearer(key)],
  })),
  row('64 KiB', 431, 'header_too_large', { target: `/${'a'.repeat(65_536)}` }),
  row('a header of 64 KiB', 431, 'header_too_large', {
    target: '/api/v1/files',
    headers: [['X-Long', 'a'.repeat(65_536)]],
  }),
  row('another method', 405, 'method_not_allowed', ({ key }) => ({
    method: 'PUT',
    target: '/api/v1/files',
    headers: [bearer(key)],
  })),
  row('another method with a body', 405, 'method_not_allowed', ({ key }) => ({
    method: 'PATCH',
    target: '/api/v1/files/upload',
    headers: [bearer(key), JSON_TYPE],
    body: '{}',
  })),
  row('a method that is none', 400, 'invalid_request', { method: 'FETCH', target: '/api/v1/files' }),
  row('no Host', 400, 'invalid_request', { target: '/api/v1/files', host: false }),
  row('two lengths', 400, 'invalid_request', {
    method: 'POST',
    target: '/api/v1/auth/login',
    headers: [JSON_TYPE, ['Content-Length', '2'], ['Content-Length', '4']],
    body: '{}',
    length: false,
  }),
  row('a length and chunks', 400, 'invalid_request', {
    method: 'POST',
    target: '/api/v1/auth/login',
    headers: [JSON_TYPE, ['Transfer-Encoding', 'chunked']],
    body: '{}',
  }),
  row('a negative length', 400, 'invalid_request', {
    method: 'POST',
    target: '/api/v1/auth/login',
    headers: [JSON_TYPE, ['Content-Length', '-1']],
    body: '{}',
    length: false,
  }),
  row('white space before a colon', 400, 'invalid_request', { target: '/api/v1/files', headers: [['X-Bad ', 'a']] }),
  row('a control character in a header', 400, 'invalid_request', {
    target: '/api/v1/files',
    headers: [['X-Bad', 'a\0b']],
  }),
]
