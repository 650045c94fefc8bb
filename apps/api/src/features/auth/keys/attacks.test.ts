import { createHmac, createPublicKey, generateKeyPairSync, randomUUID, sign as signBytes } from 'node:crypto'
import { decodeJwt, decodeProtectedHeader, exportJWK } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildTestApi, type TestApi, type TestUser } from '../../../testing/test-api.ts'

let api: TestApi
let user: TestUser
let publicJwk: { kty: string; crv: string; x: string; kid: string }
beforeAll(async () => {
  api = await buildTestApi()
  user = await api.setUp()
  publicJwk = (await api.call('GET', '/.well-known/jwks.json')).json().keys[0]
})
afterAll(() => api.stop())

const encode = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')
const attacker = generateKeyPairSync('ed25519')
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })

/** A token of whatever header and payload, signed by the attacker's key unless another signature is given. */
const forge = (
  header: unknown,
  payload: unknown = decodeJwt(user.accessToken),
  sign: (input: string) => Buffer = (input) => signBytes(null, Buffer.from(input), attacker.privateKey),
): string => {
  const input = `${encode(header)}.${encode(payload)}`
  return `${input}.${sign(input).toString('base64url')}`
}
const sound = () => decodeProtectedHeader(user.accessToken)
const status = async (token: string): Promise<number> =>
  (await api.call('GET', '/api/v1/auth/me', { as: { authorization: `Bearer ${token}` } })).statusCode

const hmacBy =
  (key: string | Buffer, algorithm = 'sha256') =>
  (input: string) =>
    createHmac(algorithm, key).update(input).digest()
const rs256 = (input: string) => signBytes('sha256', Buffer.from(input), rsa.privateKey)

describe('a forged access token', () => {
  it('is told from a sound one', async () => expect(await status(user.accessToken)).toBe(200))

  it.each(['none', 'None', 'NONE', 'nOnE', ''])('is refused with alg "%s" and no signature', async (alg) => {
    expect(await status(forge({ ...sound(), alg }, decodeJwt(user.accessToken), () => Buffer.alloc(0)))).toBe(401)
    const [, payload, signature] = user.accessToken.split('.')
    expect(await status(`${encode({ ...sound(), alg })}.${payload}.${signature}`)).toBe(401)
  })

  it('is refused when our public key is its HMAC secret, in every form that it has', async () => {
    const key = createPublicKey({ format: 'jwk', key: publicJwk })
    const secrets = [
      key.export({ format: 'pem', type: 'spki' }),
      key.export({ format: 'der', type: 'spki' }),
      Buffer.from(publicJwk.x, 'base64url'),
      publicJwk.x,
      JSON.stringify(publicJwk),
      '',
    ]
    for (const secret of secrets)
      for (const [alg, algorithm] of [
        ['HS256', 'sha256'],
        ['HS384', 'sha384'],
        ['HS512', 'sha512'],
      ] as const)
        expect(await status(forge({ ...sound(), alg }, undefined, hmacBy(secret, algorithm)))).toBe(401)
  })

  it('is refused under other algorithms', async () => {
    for (const alg of ['RS256', 'PS256', 'ES256', 'ES256K', 'Ed25519', 'Ed448'])
      expect(await status(forge({ ...sound(), alg }, undefined, rs256))).toBe(401)
  })

  it('is refused when it brings its own key or says where to fetch one', async () => {
    const jwk = await exportJWK(attacker.publicKey)
    const headers = [
      { jwk },
      { jwk: { ...jwk, kid: sound().kid } },
      { jku: 'https://evil.example/jwks.json' },
      { x5u: 'https://evil.example/cert.pem' },
      { x5c: ['MIIB'] },
      { x5t: 'AAAA' },
      { kid: undefined, jwk },
      { crit: ['jwk'], jwk },
      { crit: ['b64'], b64: false },
    ]
    for (const header of headers)
      expect([header, await status(forge({ ...sound(), ...header }))]).toEqual([header, 401])
  })

  it.each([
    "' or '1'='1",
    "x' union select kid, public_jwk, private_sealed from signing_keys --",
    '../../../../dev/null',
    '/dev/null',
    'file:///etc/passwd',
    'null\u0000byte',
    `${'k'.repeat(900)}`,
    '\ud800',
    '__proto__',
    'constructor',
    '',
  ])('is refused with the kid %j', async (kid) => {
    expect(await status(forge({ ...sound(), kid }))).toBe(401)
    expect(await status(forge({ ...sound(), kid }, undefined, hmacBy('')))).toBe(401)
  })

  it.each([[[sound]], 7, null, true, { a: 1 }])('is refused with a kid that is no text: %j', async (kid) => {
    expect(await status(forge({ ...sound(), kid }))).toBe(401)
  })

  it('is refused when its claims were changed, each one', async () => {
    const [header, , signature] = user.accessToken.split('.')
    const now = Math.floor(Date.now() / 1000)
    for (const change of [
      { sub: randomUUID() },
      { sid: randomUUID() },
      { aud: 'another' },
      { iss: 'https://evil.example' },
      { exp: now + 10 ** 6 },
      { iat: 0 },
    ])
      expect(await status(`${header}.${encode({ ...decodeJwt(user.accessToken), ...change })}.${signature}`)).toBe(401)
  })

  it('is refused with a key twice in its header, whichever comes last', async () => {
    const { kid } = sound()
    const headers = [
      `{"alg":"EdDSA","typ":"at+jwt","kid":"${kid}","alg":"none"}`,
      `{"alg":"none","typ":"at+jwt","kid":"${kid}","alg":"EdDSA"}`,
      `{"alg":"EdDSA","typ":"at+jwt","kid":"x","kid":"${kid}"}`,
    ]
    const [, payload, signature] = user.accessToken.split('.')
    for (const header of headers) {
      expect(await status(forge(header))).toBe(401)
      expect(await status(`${encode(header)}.${payload}.${signature}`)).toBe(401)
    }
  })

  it('is refused when it is too large, torn, or no JWT at all', async () => {
    const [header = '', payload = '', signature = ''] = user.accessToken.split('.')
    const tokens = [
      forge({ ...sound(), pad: 'x'.repeat(3_000) }),
      `${header}.${payload}`,
      `${header}.${payload}.`,
      `${header}..${signature}`,
      `.${payload}.${signature}`,
      `${header}.${payload}.${signature}.extra`,
      `${header}.${payload}.${signature}`.replace(/.$/, '*'),
      `${encode('not json')}.${payload}.${signature}`,
      `${encode('[]')}.${payload}.${signature}`,
      `${encode('null')}.${payload}.${signature}`,
      '..',
      'a.b.c',
    ]
    for (const token of tokens) expect([token, await status(token)]).toEqual([token, 401])
  })
})
