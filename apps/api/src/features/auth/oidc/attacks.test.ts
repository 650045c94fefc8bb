import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { dumpTables, tablesWith } from '@packages/db/test-database/dump-tables'
import { createLogger } from '@packages/runtime/logger'
import { createMemoryRateLimiter } from '@packages/runtime/memory-rate-limiter'
import { unlimited } from '@packages/runtime/rate-limiter'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { buildSecondApi, buildTestApi, TEST_ORIGIN, type TestApi } from '../../../testing/test-api.ts'
import {
  type HostileIssuer,
  type HostileToken,
  hmacBy,
  startHostileIssuer,
} from '../../../testing/test-hostile-issuer.ts'
import { CLIENT } from '../../../testing/test-openid-provider.ts'
import type { OidcOptions } from './create-oidc.ts'
import { pruneOidcLogins } from './oidc-flows.ts'

let issuer: HostileIssuer
let api: TestApi
let oidc: OidcOptions
let nonce = ''
const lines: string[] = []
const destination = { write: (line: string) => void lines.push(line) }
const registration = { mode: 'open', perAddress: 1_000, perDomain: 1_000 } as const

beforeAll(async () => {
  issuer = await startHostileIssuer(() => nonce)
  const policy = { domains: [], claims: [], linkByEmail: true, trustSecondFactor: true }
  oidc = { ...CLIENT, issuer: issuer.issuer, label: 'x', policy }
  const logger = createLogger({ level: 'trace', format: 'json', destination })
  api = await buildTestApi({ mailConfigured: true, registration, oidc, logger })
  await api.setUp()
})
afterAll(async () => {
  await api.stop()
  await issuer.stop()
})
beforeEach(() => {
  issuer.answer = {}
})

const BROWSER = { origin: TEST_ORIGIN, 'sec-fetch-site': 'same-origin' }
type Reply = { headers: Record<string, unknown>; statusCode: number }
const cookiesOf = ({ headers }: Reply): string[] =>
  [headers['set-cookie'] ?? []].flat().map((set) => String(set).split(';')[0] ?? '')

const begin = async (on = api) => {
  const reply = await on.call('POST', '/api/auth/oidc/start', { body: {}, headers: BROWSER })
  const query = new URL(reply.json().url).searchParams
  const [state, challenge] = [query.get('state') ?? '', query.get('code_challenge') ?? '']
  nonce = query.get('nonce') ?? ''
  return { state, challenge, nonce, cookie: cookiesOf(reply)[0] ?? '' }
}
const comeBack = (query: string, cookie: string, on = api) =>
  on.call('GET', `/api/auth/oidc/callback?${query}`, { headers: { cookie } })
/** `/` for who is signed in, else why not. */
const outcome = (reply: Reply): string => {
  const signedIn = cookiesOf(reply).some((pair) => /session_token=.+/.test(pair))
  expect([reply.statusCode, signedIn]).toEqual([303, reply.headers.location === `${TEST_ORIGIN}/`])
  return String(reply.headers.location).replace(TEST_ORIGIN, '').replace('/sso#error=', '')
}
const signIn = async (idToken: HostileToken | null = {}) => {
  issuer.answer = { idToken }
  const { state, cookie } = await begin()
  return outcome(await comeBack(`code=c&state=${state}`, cookie))
}
const now = () => Math.floor(Date.now() / 1000)
const other = generateKeyPairSync('rsa', { modulusLength: 2048 })
const users = async () => (await api.db.kysely.selectFrom('users').select('id').execute()).length

it('a sound answer signs in, so that what follows is refused for its own reason', async () => {
  expect(await signIn()).toBe('/')
})

const pem = () => issuer.publicKey.export({ type: 'spki', format: 'pem' })
const der = () => issuer.publicKey.export({ type: 'spki', format: 'der' })

describe('an ID token', () => {
  const wrong: [string, () => HostileToken | null][] = [
    ['that is not there', () => null],
    ['with the nonce of another sign-in', () => ({ claims: { nonce: 'x'.repeat(43) } })],
    ['without a nonce', () => ({ claims: { nonce: undefined } })],
    ['without a signature (alg none)', () => ({ header: { alg: 'none' }, sign: () => '' })],
    ['without a signature (alg None)', () => ({ header: { alg: 'None' }, sign: () => '' })],
    ['whose signature is left out', () => ({ sign: () => '' })],
    ['with our secret as its HMAC key', () => ({ header: { alg: 'HS256' }, sign: hmacBy(CLIENT.clientSecret) })],
    ['with its public key as HMAC key (PEM)', () => ({ header: { alg: 'HS256' }, sign: hmacBy(String(pem())) })],
    ['with its public key as HMAC key (DER)', () => ({ header: { alg: 'HS256' }, sign: hmacBy(der()) })],
    ['by a key of somebody else', () => ({ key: other.privateKey })],
    ['by a key of somebody else, without its name', () => ({ key: other.privateKey, header: { kid: undefined } })],
    [
      'that brings its own key',
      () => ({ key: other.privateKey, header: { jwk: other.publicKey.export({ format: 'jwk' }), kid: 'mine' } }),
    ],
    ['for another client', () => ({ claims: { aud: 'another' } })],
    ['for us and another, and not given to us', () => ({ claims: { aud: [CLIENT.clientId, 'b'], azp: 'b' } })],
    ['for nobody', () => ({ claims: { aud: undefined } })],
    ['of another issuer', () => ({ claims: { iss: 'https://accounts.example.org' } })],
    ['of an issuer whose name goes on', () => ({ claims: { iss: `${issuer.issuer}.evil.example` } })],
    ['of no issuer', () => ({ claims: { iss: undefined } })],
    ['that has expired', () => ({ claims: { exp: now() - 60, iat: now() - 120 } })],
    ['that never expires', () => ({ claims: { exp: undefined } })],
    ['that is not good yet', () => ({ claims: { nbf: now() + 600 } })],
    ['that says when it was made by a word', () => ({ claims: { iat: 'now' } })],
    ['of nobody', () => ({ claims: { sub: undefined } })],
    ['of an empty subject', () => ({ claims: { sub: '' } })],
    ['of a subject of many characters', () => ({ claims: { sub: 'x'.repeat(256) } })],
    ['of a subject with a NUL', () => ({ claims: { sub: 'a\0b' } })],
    ['of a list of subjects', () => ({ claims: { sub: ['a', 'b'] } })],
    ['with a critical header', () => ({ header: { crit: ['x'], x: 1 } })],
  ]
  it.each(wrong)('%s signs nobody in', async (_what, make) => {
    const before = await users()
    expect(await signIn(make())).toBe('sso_failed')
    expect(await users()).toBe(before)
  })

  it('names no keys of ours: claims reach no prototype, and names are cleaned', async () => {
    const claims = JSON.parse(
      '{"__proto__":{"email_verified":true},"constructor":{"prototype":{"x":1}},"email_verified":false}',
    )
    expect(await signIn({ claims })).toBe('sso_email_unverified')
    const sub = 'with a name'
    expect(await signIn({ claims: { sub, name: `A\u0000\u001b[2J\n${'x'.repeat(500)}` } })).toBe('/')
    const { name } = await api.db.kysely
      .selectFrom('users as u')
      .innerJoin('accounts as a', 'a.user_id', 'u.id')
      .where('a.account_id', '=', sub)
      .select('u.name')
      .executeTakeFirstOrThrow()
    expect(name).toMatch(/^A \[2J x+$/)
    expect(name.length).toBeLessThanOrEqual(100)
  })
})

describe('the way back', () => {
  it('is of the browser that began, and of no other', async () => {
    const [mine, theirs] = [await begin(), await begin()]
    const { state, cookie } = mine
    nonce = mine.nonce
    for (const jar of ['', theirs.cookie, cookie.replace(/.$/, ''), `${cookie}x`, 'holdfast.oidc='])
      expect(outcome(await comeBack(`code=c&state=${state}`, jar))).toBe('sso_failed')
    nonce = theirs.nonce
    expect(outcome(await comeBack(`code=c&state=${theirs.state}`, cookie))).toBe('sso_failed')
    // Nor is it used up by others who try.
    nonce = mine.nonce
    expect(outcome(await comeBack(`code=c&state=${state}`, cookie))).toBe('/')
  })

  it('takes no state that was not given out, nor one that is no state', async () => {
    const { cookie } = await begin()
    for (const state of ['x'.repeat(43), '', 'null', randomBytes(32).toString('base64url'), "' or 1=1 --", '%00'])
      expect(outcome(await comeBack(`code=c&state=${encodeURIComponent(state)}`, cookie))).toBe('sso_failed')
    expect(outcome(await comeBack('code=c', cookie))).toBe('sso_failed')
    expect(outcome(await comeBack('', cookie))).toBe('sso_failed')
  })

  it('is gone once, also for 20 that come at once', async () => {
    const { state, cookie } = await begin()
    const replies = await Promise.all(Array.from({ length: 20 }, () => comeBack(`code=c&state=${state}`, cookie)))
    expect(replies.map(outcome).toSorted()).toEqual(['/', ...Array.from({ length: 19 }, () => 'sso_failed')])
    expect(outcome(await comeBack(`code=c&state=${state}`, cookie))).toBe('sso_failed')
    expect(issuer.asked.filter((line) => line === 'POST /token').length).toBeGreaterThan(0)
  })

  it('is gone after ten minutes, and its row is taken away', async () => {
    const { state, cookie } = await begin()
    await api.db.kysely
      .updateTable('oidc_logins')
      .set({ expires_at: new Date(0) })
      .execute()
    expect(outcome(await comeBack(`code=c&state=${state}`, cookie))).toBe('sso_failed')
    expect(await pruneOidcLogins(api.db.kysely, 100)).toBeGreaterThan(0)
  })

  it('of a refused or failed sign-in signs nobody in, and the code is not asked for', async () => {
    const before = issuer.asked.length
    for (const more of [
      'error=access_denied',
      'error=access_denied&code=c',
      'error=x&error_description=%3Cscript%3E',
    ]) {
      const { state, cookie } = await begin()
      expect(outcome(await comeBack(`state=${state}&${more}`, cookie))).toBe('sso_failed')
    }
    expect(issuer.asked.slice(before)).toEqual([])
  })

  it('takes each parameter once (two codes are two answers)', async () => {
    const { state, cookie } = await begin()
    for (const query of [`code=c&code=d&state=${state}`, `code=c&state=${state}&state=${state}`])
      expect(outcome(await comeBack(query, cookie))).toBe('sso_failed')
    expect(outcome(await comeBack(`code=c&state=${state}&x=${'y'.repeat(8_192)}`, cookie))).toBe('sso_failed')
    expect(outcome(await comeBack(`code=c&state=${state}`, cookie))).toBe('/')
  })

  it('names the issuer where it says that it does, and no other (mix-up)', async () => {
    issuer.discovery['authorization_response_iss_parameter_supported'] = true
    const strict = await buildSecondApi(api, { registration, oidc })
    for (const iss of ['', '&iss=https%3A%2F%2Fevil.example', `&iss=${encodeURIComponent(`${issuer.issuer}/x`)}`]) {
      const { state, cookie } = await begin(strict)
      expect(outcome(await comeBack(`code=c&state=${state}${iss}`, cookie, strict))).toBe('sso_failed')
    }
    const { state, cookie } = await begin(strict)
    const iss = encodeURIComponent(issuer.issuer)
    expect(outcome(await comeBack(`code=c&state=${state}&iss=${iss}`, cookie, strict))).toBe('/')
    delete issuer.discovery['authorization_response_iss_parameter_supported']
    await strict.stop()
    // And refuses another's where it says nothing.
    const flow = await begin()
    const reply = await comeBack(`code=c&state=${flow.state}&iss=https%3A%2F%2Fevil.example`, flow.cookie)
    expect(outcome(reply)).toBe('sso_failed')
  })

  it('leads to our own page, whatever Host, query or header says', async () => {
    const { state, cookie } = await begin()
    const headers = {
      cookie,
      host: 'evil.example',
      'x-forwarded-host': 'evil.example',
      referer: 'https://evil.example/',
    }
    const url = `/api/auth/oidc/callback?code=c&state=${state}&redirect_uri=https%3A%2F%2Fevil.example&next=%2F%2Fevil.example`
    const reply = await api.app.inject({ method: 'GET', url, headers })
    expect(reply.headers.location).toBe(`${TEST_ORIGIN}/`)
  })
})

describe('the beginning', () => {
  it('sends a challenge of S256, and state and nonce of 256 bits that are new each time', async () => {
    const [one, two] = [await begin(), await begin()]
    for (const name of ['state', 'nonce', 'challenge', 'cookie'] as const) {
      expect(one[name]).not.toBe(two[name])
      expect(one[name].length).toBeGreaterThanOrEqual(43)
    }
    expect(new Set([one.state, one.nonce, one.challenge, one.cookie.split('=')[1]]).size).toBe(4)
  })

  it('is not made by a page of another site (login CSRF)', async () => {
    const pages: Record<string, string>[] = [
      { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
      { origin: 'http://127.0.0.1:8080', 'sec-fetch-site': 'same-site' },
      { origin: 'null' },
    ]
    for (const headers of pages) {
      const reply = await api.call('POST', '/api/auth/oidc/start', { body: {}, headers })
      expect(reply.json()).toMatchObject({ status: 403, code: 'cross_site_request' })
    }
    expect((await api.call('GET', '/api/auth/oidc/start')).statusCode).toBe(405)
  })

  it('is limited per address', async () => {
    const login = createMemoryRateLimiter({ name: 'login', limit: 2, windowMs: 60_000 })
    const limits = { account: unlimited, anonymous: unlimited, credential: unlimited, user: unlimited }
    const strict = await buildSecondApi(api, { oidc, rateLimiters: { ...limits, login, address: unlimited } })
    const codes = []
    for (let n = 0; n < 3; n++)
      codes.push((await strict.call('POST', '/api/auth/oidc/start', { body: {}, headers: BROWSER })).statusCode)
    expect(codes).toEqual([200, 200, 429])
    await strict.stop()
  })

  it('and the way back are no addresses where there is no provider', async () => {
    const without = await buildSecondApi(api)
    expect((await without.call('POST', '/api/auth/oidc/start', { body: {}, headers: BROWSER })).statusCode).toBe(404)
    expect((await without.call('GET', '/api/auth/oidc/callback?code=c')).statusCode).toBe(404)
    await without.stop()
  })
})

describe('the token endpoint', () => {
  const odd: [string, HostileIssuer['answer']][] = [
    ['answers an error', { status: 400, body: '{"error":"invalid_grant"}' }],
    ['fails', { status: 500, body: 'x' }],
    ['answers no JSON', { body: '<html>' }],
    [
      'answers more than is read',
      { body: JSON.stringify({ access_token: 'x'.repeat(300_000), token_type: 'Bearer' }) },
    ],
    ['leads elsewhere', { location: 'http://169.254.169.254/latest/meta-data' }],
  ]
  it.each(odd)('that %s signs nobody in', async (_what, answer) => {
    const { state, cookie } = await begin()
    issuer.answer = answer
    expect(outcome(await comeBack(`code=c&state=${state}`, cookie))).toBe('sso_failed')
  })
})

describe('a discovery document', () => {
  const spoilt: [string, Record<string, unknown>][] = [
    ['of another issuer', { issuer: 'https://accounts.example.org' }],
    ['that sends tokens elsewhere in clear', { token_endpoint: 'http://example.org/token' }],
    ['that takes keys from a metadata service', { jwks_uri: 'http://169.254.169.254/keys' }],
    ['that names a file', { token_endpoint: 'file:///etc/passwd' }],
    ['that signs by nothing that is taken here', { id_token_signing_alg_values_supported: ['none', 'HS256'] }],
  ]
  it.each(spoilt)('%s begins nothing', async (_what, more) => {
    const before = { ...issuer.discovery }
    Object.assign(issuer.discovery, more)
    const on = await buildSecondApi(api, { oidc })
    const reply = await on.call('POST', '/api/auth/oidc/start', { body: {}, headers: BROWSER })
    expect(reply.json()).toMatchObject({ status: 503, code: 'unavailable' })
    Object.assign(issuer.discovery, before)
    expect((await on.call('POST', '/api/auth/oidc/start', { body: {}, headers: BROWSER })).statusCode).toBe(200)
    await on.stop()
  })

  it('that names an inner address by https is called at none', async () => {
    const { token_endpoint } = issuer.discovery
    for (const address of [
      'https://169.254.169.254/token',
      'https://10.0.0.1/token',
      'https://[::1]/token',
      'https://127.0.0.1:22/',
    ]) {
      issuer.discovery['token_endpoint'] = address
      const on = await buildSecondApi(api, {
        oidc,
        logger: createLogger({ level: 'trace', format: 'json', destination }),
      })
      const { state, cookie } = await begin(on)
      lines.length = 0
      expect(outcome(await comeBack(`code=c&state=${state}`, cookie, on))).toBe('sso_failed')
      expect(lines.join('')).toMatch(/not an address that may be called|may not be called/)
      await on.stop()
    }
    issuer.discovery['token_endpoint'] = token_endpoint
  })
})

describe('who reads the database or the log', () => {
  it('finds no state, nonce, verifier, cookie, code or secret', async () => {
    const code = `canary-${randomBytes(16).toString('hex')}`
    const [waits, used] = [await begin(), await begin()]
    expect(outcome(await comeBack(`code=${code}&state=${used.state}`, used.cookie))).toBe('/')
    const failed = await begin()
    issuer.answer = { status: 400, body: '{"error":"invalid_grant","error_description":"x"}' }
    expect(outcome(await comeBack(`code=${code}&state=${failed.state}`, failed.cookie))).toBe('sso_failed')
    const dump = await dumpTables(api.db)
    const secrets = [waits, used, failed].flatMap(({ state, nonce: one, cookie }) => [
      state,
      one,
      cookie.split('=')[1] ?? '',
    ])
    expect(tablesWith(dump, [...secrets, code, CLIENT.clientSecret])).toEqual([])
    const log = lines.join('')
    expect(log).toContain('did not confirm')
    for (const secret of [...secrets, code, CLIENT.clientSecret])
      expect([secret, log.includes(secret)]).toEqual([secret, false])
  })
})

const refusals = async () =>
  (
    await api.db.pool.query<{ code: string }>(
      "select code from audit_log where action = 'GET /api/auth/oidc/callback' and result = 'refused'",
    )
  ).rows

describe('a refusal', () => {
  it('stands in the audit log as what it is', async () => {
    await comeBack('code=c&state=x', '')
    await expect
      .poll(async () => (await refusals()).map(({ code }) => code), { timeout: 15_000 })
      .toContain('sso_failed')
  })
})
