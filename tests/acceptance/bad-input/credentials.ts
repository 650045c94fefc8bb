import { createHmac } from 'node:crypto'
import { fileBody, MULTIPART } from '../multipart-body.ts'
import type { RawRequest } from '../raw-request.ts'
import { type BadInputContext, type BadInputRow, bearer, JSON_TYPE } from './row.ts'

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

const withHeader = (token: string, header: object): string => {
  const [, payload = ''] = token.split('.')
  return `${part(header)}.${payload}`
}

const hmac = (signed: string): string => createHmac('sha256', 'secret').update(signed).digest('base64url')

const tampered = (token: string): string => {
  const [header = '', payload = '', signature = ''] = token.split('.')
  const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString())
  return `${header}.${part({ ...(claims as object), sub: '00000000-0000-7000-8000-000000000000' })}.${signature}`
}

const me = (
  name: string,
  code: string,
  authorization: (context: BadInputContext) => string,
  status = 401,
): BadInputRow => ({
  name: `credentials: ${name}`,
  to: 'api',
  request: (context) => ({ target: '/api/v1/files', headers: [['Authorization', authorization(context)]] }),
  status,
  code,
})

const row = (
  name: string,
  status: number,
  code: string,
  request: (context: BadInputContext) => RawRequest,
): BadInputRow => ({ name: `credentials: ${name}`, to: 'api', request, status, code })

/** Tokens that are missing, forged, broken or too weak. */
export const credentials: readonly BadInputRow[] = [
  row('none', 401, 'unauthenticated', () => ({ target: '/api/v1/files' })),
  me('words', 'invalid_token', () => 'Bearer hello'),
  me('an empty token', 'invalid_token', () => 'Bearer '),
  me('another scheme', 'invalid_token', () => 'Basic YTpi'),
  me('a key that was never made', 'invalid_token', () => `Bearer hfast_${'a'.repeat(43)}`),
  me(
    'a key with one letter changed',
    'invalid_token',
    ({ key }) => `Bearer ${key.slice(0, -1)}${key.endsWith('A') ? 'B' : 'A'}`,
  ),
  me(
    'a token without a signature',
    'invalid_token',
    ({ accessToken }) => `Bearer ${withHeader(accessToken, { alg: 'none', typ: 'JWT' })}.`,
  ),
  me('a token signed with a secret of the caller', 'invalid_token', ({ accessToken }) => {
    const signed = withHeader(accessToken, { alg: 'HS256', typ: 'JWT' })
    return `Bearer ${signed}.${hmac(signed)}`
  }),
  me('a token for another user', 'invalid_token', ({ accessToken }) => `Bearer ${tampered(accessToken)}`),
  me('10,000 characters', 'invalid_token', () => `Bearer ${'a'.repeat(10_000)}`),
  row('a cookie that nobody signed', 401, 'unauthenticated', () => ({
    target: '/api/v1/files',
    headers: [['Cookie', 'better-auth.session_token=abc.def']],
  })),
  row('a wrong password', 401, 'invalid_credentials', () => ({
    method: 'POST',
    target: '/api/v1/auth/login',
    headers: [JSON_TYPE],
    body: '{"email": "ada@example.org", "password": "not the password"}',
  })),
  row('somebody unknown', 401, 'invalid_credentials', () => ({
    method: 'POST',
    target: '/api/v1/auth/login',
    headers: [JSON_TYPE],
    body: '{"email": "nobody@example.org", "password": "not the password"}',
  })),
  row('a refresh token that is none', 401, 'invalid_token', () => ({
    method: 'POST',
    target: '/api/v1/auth/refresh',
    headers: [JSON_TYPE],
    body: '{"refreshToken": "abc"}',
  })),
  row('set-up a second time', 403, 'setup_closed', () => ({
    method: 'POST',
    target: '/api/v1/setup',
    headers: [JSON_TYPE],
    body: '{"token": "abc", "email": "eve@example.org", "password": "a long password of hers", "name": "Eve"}',
  })),
  row('a key that may only read, uploading', 403, 'insufficient_scope', ({ readOnlyKey }) => ({
    method: 'POST',
    target: '/api/v1/files/upload',
    headers: [bearer(readOnlyKey), MULTIPART],
    body: fileBody('x'),
  })),
  row('a key that may only read files, listing pins', 403, 'insufficient_scope', ({ readOnlyKey }) => ({
    target: '/api/v1/pins',
    headers: [bearer(readOnlyKey)],
  })),
  row('a session, called from another site', 403, 'cross_site_request', ({ cookie }) => ({
    method: 'POST',
    target: '/api/v1/files/upload',
    headers: [['Cookie', cookie], ['Origin', 'https://evil.example'], ['Sec-Fetch-Site', 'cross-site'], MULTIPART],
    body: fileBody('x'),
  })),
]
