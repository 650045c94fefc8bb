import type { MinimalLogger } from '@packages/runtime/minimal-logger'
import { HoldfastError } from '@packages/shared/holdfast-error'
import * as client from 'openid-client'
import type { GuardedFetch } from './guarded-fetch.ts'

export type OpenIdProviderDeps = {
  issuer: string
  clientId: string
  clientSecret: string
  /** Where the provider sends the browser back to. */
  redirectUri: string
  /** Claims that are looked for at the userinfo endpoint when the ID token has them not. */
  wanted: readonly string[]
  wayOut: GuardedFetch
  logger: MinimalLogger
}

/** What one sign-in is checked by. */
export type FlowSecrets = { nonce: string; verifier: string }

export type Claims = Record<string, unknown> & { sub: string }

/** Signatures that we take: by keys that the provider publishes. Never `none`, nor an HMAC, whose key we would share. */
const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'Ed25519', 'EdDSA', 'RS384', 'RS512', 'PS384', 'PS512', 'ES384', 'ES512']
/** Discovery is asked for again after this. */
const KEPT_MS = 60 * 60_000
const CLOCK_TOLERANCE_SECONDS = 30
/** How long ago somebody who shows again who they are may have done so at the provider. */
const AGAIN_SECONDS = 300

/** The operator's OpenID provider, as a confidential client by code with PKCE. What is wrong about an answer stands in our log, and is not told. */
export class OpenIdProvider {
  readonly #deps: OpenIdProviderDeps
  #configuration: { made: Promise<client.Configuration>; at: number } | undefined

  constructor(deps: OpenIdProviderDeps) {
    this.#deps = deps
  }

  /** Where the browser is sent to. `again`: the person has to sign in there anew, whoever is known there. @throws HoldfastError `unavailable` */
  async authorizationUrl(state: string, { nonce, verifier }: FlowSecrets, { again = false } = {}): Promise<string> {
    const configuration = await this.#discovered()
    const url = client.buildAuthorizationUrl(configuration, {
      redirect_uri: this.#deps.redirectUri,
      scope: 'openid email profile',
      response_type: 'code',
      state,
      nonce,
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      ...(again ? { prompt: 'login', max_age: String(AGAIN_SECONDS) } : {}),
    })
    return url.href
  }

  /**
   * Trades the code for what the provider says of the person: the ID token's claims, and those that it lacks from the userinfo endpoint.
   * `again`: it has to say that they signed in there just now (`auth_time`); one that does not say is not believed.
   * @throws HoldfastError `sso_failed`, `unavailable`
   */
  async redeem(
    query: string,
    { state, nonce, verifier }: FlowSecrets & { state: string },
    { again = false } = {},
  ): Promise<Claims> {
    const configuration = await this.#discovered()
    // Our own address, not that of the request: whoever sent it chose its Host.
    const url = new URL(`${this.#deps.redirectUri}?${query}`)
    try {
      const tokens = await client.authorizationCodeGrant(configuration, url, {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: verifier,
        idTokenExpected: true,
        ...(again ? { maxAge: AGAIN_SECONDS } : {}),
      })
      const claims = tokens.claims()
      if (claims === undefined) throw new TypeError('no ID token')
      return await this.#completed(configuration, claims, tokens.access_token)
    } catch (error) {
      this.#deps.logger.warn({ err: error }, 'the OpenID provider did not confirm a sign-in')
      throw new HoldfastError('sso_failed', { cause: error })
    }
  }

  /** An address and whether it is verified are one statement, and come from one place. How somebody signed in stands in the ID token alone. */
  async #completed(configuration: client.Configuration, claims: Claims, accessToken: string): Promise<Claims> {
    const lacks = (name: string): boolean => claims[name] === undefined
    const noAddress = lacks('email') || lacks('email_verified')
    if (configuration.serverMetadata().userinfo_endpoint === undefined) return claims
    if (!noAddress && !this.#deps.wanted.some(lacks)) return claims
    const more = await client.fetchUserInfo(configuration, accessToken, claims.sub)
    const { email, email_verified } = noAddress ? more : claims
    return { ...more, ...claims, email, email_verified, amr: claims['amr'] }
  }

  #discovered(): Promise<client.Configuration> {
    if (this.#configuration === undefined || Date.now() - this.#configuration.at > KEPT_MS)
      this.#configuration = { made: this.#discover(), at: Date.now() }
    const { made } = this.#configuration
    return made.catch((error: unknown) => {
      this.#configuration = undefined
      this.#deps.logger.error({ err: error }, 'the OpenID provider cannot be asked')
      throw new HoldfastError('unavailable', { detail: 'The sign-in provider cannot be reached.', cause: error })
    })
  }

  async #discover(): Promise<client.Configuration> {
    const { clientId, clientSecret } = this.#deps
    const issuer = new URL(this.#deps.issuer)
    const secret = client.ClientSecretBasic(clientSecret)
    const wayOut = this.#deps.wayOut as client.CustomFetch
    // The settings allow it on loopback alone.
    const insecure = issuer.protocol === 'http:' ? [client.allowInsecureRequests] : []
    const options = { execute: insecure, [client.customFetch]: wayOut }
    const found = await client.discovery(issuer, clientId, undefined, secret, options)
    const { supportsPKCE: _, ...server } = found.serverMetadata()
    for (const [name, value] of Object.entries(server))
      if (name.endsWith('_endpoint') || name === 'jwks_uri') requireSecure(name, value, issuer)
    const offered = server.id_token_signing_alg_values_supported ?? ['RS256']
    const taken = ALGORITHMS.filter((one) => offered.includes(one))
    if (taken.length === 0) throw new TypeError('the provider signs by no algorithm that is taken here')
    const metadata = { [client.clockTolerance]: CLOCK_TOLERANCE_SECONDS }
    const known = { ...server, id_token_signing_alg_values_supported: taken }
    const configuration = new client.Configuration(known, clientId, metadata, secret)
    configuration[client.customFetch] = wayOut
    for (const allow of insecure) allow(configuration)
    // The signature is checked although the token comes from the provider itself, over TLS.
    client.enableNonRepudiationChecks(configuration)
    return configuration
  }
}

/** @throws TypeError for an address in clear, unless the issuer is so itself */
const requireSecure = (name: string, value: unknown, issuer: URL): void => {
  const url = typeof value === 'string' ? URL.parse(value) : null
  if (url?.protocol === 'https:' || (url !== null && issuer.protocol === 'http:' && url.origin === issuer.origin))
    return
  throw new TypeError(`the provider's ${name} is no https address`)
}
