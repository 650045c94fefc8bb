import { hash, randomUUIDv7 } from 'node:crypto'
import { isUuid } from '@packages/shared/ids'
import { decodeProtectedHeader, jwtVerify, SignJWT } from 'jose'
import { ACCESS_TOKEN_SECONDS } from './access-token-lifetime.ts'
import type { SigningKeys } from './signing-keys.ts'

const AUDIENCE = 'holdfast-api'
const TYPE = 'at+jwt'
const ALGORITHM = 'EdDSA'
const MAX_TOKEN_CHARS = 2_048
const MAX_REMEMBERED = 10_000

export type AccessTokenClaims = { userId: string; sessionId: string }

type Verified = AccessTokenClaims & { expiresAt: number; kid: string }

/** Access tokens as signed JWTs (RFC 9068's profile: typ `at+jwt`, sub, sid, aud, iss, exp, jti). */
export class AccessTokens {
  readonly #keys: SigningKeys
  readonly #issuer: string
  /** Signatures that were checked, by the token's hash: a check costs 0.1 ms, and clients send one token many times. */
  readonly #verified = new Map<string, Verified>()

  constructor(keys: SigningKeys, issuer: string) {
    this.#keys = keys
    this.#issuer = issuer
  }

  async issue(claims: AccessTokenClaims): Promise<{ accessToken: string; expiresIn: number }> {
    const { kid, privateKey } = this.#keys.signing()
    const accessToken = await new SignJWT({ sid: claims.sessionId })
      .setProtectedHeader({ alg: ALGORITHM, typ: TYPE, kid })
      .setSubject(claims.userId)
      .setIssuer(this.#issuer)
      .setAudience(AUDIENCE)
      .setJti(randomUUIDv7())
      .setIssuedAt()
      .setExpirationTime(`${ACCESS_TOKEN_SECONDS}s`)
      .sign(privateKey)
    return { accessToken, expiresIn: ACCESS_TOKEN_SECONDS }
  }

  /** Subject and session of a token that is ours and has not expired; undefined for all others. */
  async verify(token: string): Promise<AccessTokenClaims | undefined> {
    if (token.length > MAX_TOKEN_CHARS) return undefined
    const fingerprint = hash('sha256', token, 'base64')
    const known = this.#verified.get(fingerprint)
    // A key that was retired meanwhile verifies nothing, what it once verified included.
    if (known !== undefined) return known.expiresAt > Date.now() && this.#keys.isKnown(known.kid) ? known : undefined
    const claims = await this.#check(token)
    if (claims === undefined) return undefined
    if (this.#verified.size >= MAX_REMEMBERED) this.#verified.clear()
    this.#verified.set(fingerprint, claims)
    return claims
  }

  async #check(token: string): Promise<Verified | undefined> {
    try {
      const { kid } = decodeProtectedHeader(token)
      if (typeof kid !== 'string') return undefined
      const key = await this.#keys.verifying(kid)
      if (key === undefined) return undefined
      const { payload } = await jwtVerify(token, key, {
        algorithms: [ALGORITHM],
        audience: AUDIENCE,
        issuer: this.#issuer,
        typ: TYPE,
        requiredClaims: ['sub', 'sid', 'exp'],
      })
      const { sub, sid, exp } = payload
      if (typeof sub !== 'string' || typeof sid !== 'string' || exp === undefined || !isUuid(sid)) return undefined
      return { userId: sub, sessionId: sid, expiresAt: exp * 1000, kid }
    } catch (error) {
      if (error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_J')) return undefined
      if (error instanceof TypeError) return undefined
      throw error
    }
  }
}
