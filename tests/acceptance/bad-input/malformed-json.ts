import { type BadInputRow, bearer, JSON_TYPE } from './row.ts'

const login = (name: string, status: number, code: string, body: string | Uint8Array): BadInputRow => ({
  name: `log in: ${name}`,
  to: 'api',
  request: () => ({ method: 'POST', target: '/api/v1/auth/login', headers: [JSON_TYPE], body }),
  status,
  code,
})

const apiKey = (name: string, status: number, code: string, body: string): BadInputRow => ({
  name: `make an API key: ${name}`,
  to: 'api',
  request: ({ accessToken }) => ({
    method: 'POST',
    target: '/api/v1/api-keys',
    headers: [JSON_TYPE, bearer(accessToken)],
    body,
  }),
  status,
  code,
})

const list = (name: string, status: number, code: string, query: string): BadInputRow => ({
  name: `list files: ${name}`,
  to: 'api',
  request: ({ key }) => ({ target: `/api/v1/files?${query}`, headers: [bearer(key)] }),
  status,
  code,
})

const cursor = (value: string): string => Buffer.from(value).toString('base64url')

/** JSON bodies and queries that are no JSON, of another shape, or too much. */
export const malformedJson: readonly BadInputRow[] = [
  login('no JSON', 400, 'invalid_json', '{"email": '),
  login('nothing', 400, 'invalid_json', ''),
  login('a list', 400, 'invalid_request', '[]'),
  login('null', 400, 'invalid_request', 'null'),
  login('a field too many', 400, 'unknown_field', '{"email": "a@example.org", "password": "x", "admin": true}'),
  login('a field too few', 400, 'invalid_request', '{"email": "a@example.org"}'),
  login('a number as password', 400, 'invalid_request', '{"email": "a@example.org", "password": 12345678901234}'),
  login('an object as e-mail', 400, 'invalid_request', '{"email": {"$ne": ""}, "password": "x"}'),
  login(
    'a prototype',
    400,
    'invalid_json',
    '{"__proto__": {"admin": true}, "email": "a@example.org", "password": "x"}',
  ),
  login('a NUL in the e-mail', 400, 'invalid_request', '{"email": "a\\u0000@example.org", "password": "x"}'),
  login('half a surrogate pair', 400, 'invalid_request', '{"email": "a@example.org", "password": "\\ud800"}'),
  login('bytes that are no UTF-8', 400, 'invalid_json', Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d)),
  login('nested 100,000 deep', 400, 'invalid_json', `${'['.repeat(100_000)}${']'.repeat(100_000)}`),
  login(
    '2 MiB',
    413,
    'payload_too_large',
    JSON.stringify({ email: 'a@example.org', password: 'x'.repeat(2 * 1024 * 1024) }),
  ),
  {
    name: 'log in: a form',
    to: 'api',
    request: () => ({
      method: 'POST',
      target: '/api/v1/auth/login',
      headers: [['Content-Type', 'application/x-www-form-urlencoded']],
      body: 'email=a&password=b',
    }),
    status: 415,
    code: 'unsupported_media_type',
  },
  apiKey('a scope that nobody knows', 400, 'invalid_request', '{"name": "k", "scopes": ["files:read", "everything"]}'),
  apiKey('no name', 400, 'invalid_request', '{"name": ""}'),
  apiKey('already expired', 400, 'invalid_request', '{"name": "k", "expiresAt": "2001-01-01T00:00:00Z"}'),
  apiKey('a day that no calendar has', 400, 'invalid_request', '{"name": "k", "expiresAt": "2099-02-31T00:00:00Z"}'),
  list('a limit of zero', 400, 'invalid_request', 'limit=0'),
  list('a limit of a billion', 400, 'invalid_request', 'limit=1000000000'),
  list('a limit in words', 400, 'invalid_request', 'limit=ten'),
  list('a limit in hexadecimal digits', 400, 'invalid_request', 'limit=0x10'),
  list('a limit with an exponent', 400, 'invalid_request', 'limit=1e2'),
  list('a cursor that is none', 400, 'invalid_cursor', 'cursor=abc'),
  list('a cursor of somebody’s own making', 400, 'invalid_cursor', `cursor=${cursor('["2026-01-01","x"]')}`),
  list('a cursor with SQL in it', 400, 'invalid_cursor', `cursor=${cursor("'; drop table files; --")}`),
  list('an empty cursor', 400, 'invalid_cursor', 'cursor='),
  list('a filter that nobody knows', 400, 'invalid_request', 'colour=red'),
  list('a CID filter that is none', 400, 'invalid_cid', 'cid=abc'),
]
