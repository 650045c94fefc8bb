import { createPrivateKey, generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto'
import { startTestDatabase, type TestDatabase } from '@packages/db/test-database'
import { MasterKey } from '@packages/runtime/master-key'
import { silentLogger } from '@packages/runtime/minimal-logger'
import { type JWTHeaderParameters, type JWTPayload, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AccessTokens } from './access-tokens.ts'
import { SigningKeys } from './signing-keys.ts'

const ISSUER = 'http://127.0.0.1:3000'

let database: TestDatabase
let keys: SigningKeys
let tokens: AccessTokens
const masterKey = new MasterKey(randomBytes(32))
const open = (): Promise<SigningKeys> => SigningKeys.open({ db: database.db, masterKey, logger: silentLogger })

beforeAll(async () => {
  database = await startTestDatabase()
  keys = await open()
  tokens = new AccessTokens(keys, ISSUER)
})
afterAll(() => database.stop())

/** A token under our own key that differs in what is given. */
const sign = (payload: JWTPayload = {}, header: Partial<JWTHeaderParameters> = {}, key = keys.signing().privateKey) => {
  const now = Math.floor(Date.now() / 1000)
  const sound = { sub: 'me', sid: randomUUID(), iss: ISSUER, aud: 'holdfast-api', iat: now, exp: now + 60 }
  return new SignJWT({ ...sound, ...payload })
    .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid: keys.signing().kid, ...header })
    .sign(key)
}

describe('access tokens', () => {
  it('verify as they were issued, here and in another process', async () => {
    const claims = { userId: randomUUID(), sessionId: randomUUID() }
    const { accessToken } = await tokens.issue(claims)
    expect(await tokens.verify(accessToken)).toMatchObject(claims)
    expect(await tokens.verify(accessToken)).toMatchObject(claims)
    expect(await new AccessTokens(await open(), ISSUER).verify(accessToken)).toMatchObject(claims)
  })

  it('are taken when all claims are right', async () => {
    expect(await tokens.verify(await sign())).toBeDefined()
  })

  const now = Math.floor(Date.now() / 1000)
  it.each<[string, JWTPayload, Partial<JWTHeaderParameters>]>([
    ['audience', { aud: 'another' }, {}],
    ['issuer', { iss: 'http://elsewhere' }, {}],
    ['expiry', { exp: now - 10 }, {}],
    ['absent expiry', { exp: undefined }, {}],
    ['absent subject', { sub: undefined }, {}],
    ['session', { sid: 'not-an-id' }, {}],
    ['absent session', { sid: undefined }, {}],
    ['type', {}, { typ: 'JWT' }],
    ['key id', {}, { kid: 'unknown' }],
  ])('are refused with a wrong %s', async (_what, payload, header) => {
    expect(await tokens.verify(await sign(payload, header))).toBeUndefined()
  })

  it('are refused under another key', async () => {
    const { privateKey } = generateKeyPairSync('ed25519')
    expect(await tokens.verify(await sign({}, {}, privateKey))).toBeUndefined()
  })

  it('stop being remembered when they expire', async () => {
    const token = await sign({ exp: Math.floor(Date.now() / 1000) + 2 })
    expect(await tokens.verify(token)).toBeDefined()
    await new Promise((resolve) => setTimeout(resolve, 2_100))
    expect(await tokens.verify(token)).toBeUndefined()
  })
})

describe('signing keys', () => {
  it('lie in the database without their private half', async () => {
    const rows = await database.db.kysely.selectFrom('signing_keys').selectAll().execute()
    expect(rows).toHaveLength(1)
    const der = keys.signing().privateKey.export({ format: 'der', type: 'pkcs8' })
    const secret = der.subarray(-32)
    for (const { private_sealed, public_jwk } of rows) {
      expect(private_sealed.includes(secret)).toBe(false)
      expect(Object.keys(public_jwk).toSorted()).toEqual(['crv', 'kty', 'x'])
    }
    expect(createPrivateKey({ format: 'der', type: 'pkcs8', key: der }).asymmetricKeyType).toBe('ed25519')
  })
})
