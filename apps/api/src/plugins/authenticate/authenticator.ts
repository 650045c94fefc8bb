import { hash, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import type { Tables } from '@packages/db/tables'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { PolicyEntry } from '@packages/shared/policy-log'
import type { Kysely } from 'kysely'
import type { Actor } from '../../authorization/actor.ts'
import { allowsAddress } from './address-list.ts'
import type { AccessTokens } from './access-tokens.ts'
import { hashApiKey, isWellFormedApiKey, looksLikeApiKey } from './api-key-format.ts'
import type { ApiKeyUsage } from './api-key-usage.ts'
import { CredentialCache } from './credential-cache.ts'
import {
  type ApiKeyCredential,
  findApiKey,
  findSession,
  type Membership,
  type SessionCredential,
} from './credential-repository.ts'
import { ORGANIZATION_HEADER, selectOrganization } from './select-organization.ts'
import type { SessionCookie } from './session-cookie.ts'
import type { SessionUsage } from './session-usage.ts'
import { takeUse } from './take-use.ts'

export type AuthenticatorDeps = {
  kysely: Kysely<Tables>
  accessTokens: AccessTokens
  sessionCookie: SessionCookie
  apiKeyUsage: Pick<ApiKeyUsage, 'count'>
  sessionUsage: Pick<SessionUsage, 'see'>
}

export type Credentials = {
  headers: IncomingHttpHeaders
  /** Of the client, as the trusted proxies tell it. */
  ip: string
  /** The organization that the route's path names; it goes before the header. */
  organizationId?: string | undefined
  /** It was asked before for what still runs: no use of a key is taken. */
  isAgain?: boolean
}

/** A backstop only: revocation takes entries out at once, here and by the policy log in other processes. */
const CACHE = { ttlMs: 10_000, maxEntries: 20_000 }

const BEARER = /^Bearer +([\x21-\x7e]+)$/i

/** Tells who makes a request. Roles and memberships always come from the database (cached), never from a token. */
export class Authenticator {
  readonly #deps: AuthenticatorDeps
  readonly #apiKeys = new CredentialCache<ApiKeyCredential>(CACHE)
  readonly #sessions = new CredentialCache<SessionCredential>(CACHE)
  /** By which secret a caller came: of a key with two of them one may end. */
  readonly #keyHashes = new WeakMap<Actor, Buffer>()

  constructor(deps: AuthenticatorDeps) {
    this.#deps = deps
  }

  /**
   * The caller, or null when no credential was sent. A header wins over the cookie.
   * @throws HoldfastError `invalid_token`, `not_found` (foreign organization)
   */
  async authenticate({ headers, ip, organizationId, isAgain = false }: Credentials): Promise<Actor | null> {
    const wanted = headers[ORGANIZATION_HEADER]
    const organization = organizationId ?? (Array.isArray(wanted) ? wanted[0] : wanted)
    if (headers.authorization !== undefined) {
      const token = BEARER.exec(headers.authorization)?.[1]
      if (token === undefined) throw new HoldfastError('invalid_token', { detail: 'Send "Authorization: Bearer …".' })
      return looksLikeApiKey(token)
        ? this.#byApiKey(token, organization, { ip, isAgain })
        : this.#byAccessToken(token, organization)
    }
    const sessionToken = this.#deps.sessionCookie.read(headers.cookie)
    if (sessionToken === undefined) return null
    return this.#byCookie(sessionToken, organization)
  }

  /** Makes what the entry names stop working in this process at once. */
  invalidate(entry: PolicyEntry): void {
    this.#apiKeys.invalidate(entry)
    this.#sessions.invalidate(entry)
  }

  /**
   * The caller as the database has them now, for what was begun by them and still runs: as if they showed the same credential again.
   * @throws HoldfastError `invalid_token` when it has ended, `not_found` when they are in the organization no more
   */
  async again(actor: Actor): Promise<Actor> {
    const { sessionId, organizationId } = actor
    const keyHash = this.#keyHashes.get(actor)
    const key = keyHash === undefined ? undefined : await findApiKey(this.#deps.kysely, keyHash)
    if (key !== undefined && !isOver(key)) return keyActor(key, selectOrganization([key], organizationId))
    const session = sessionId === undefined ? undefined : await findSession(this.#deps.kysely, { id: sessionId })
    if (session !== undefined && !isOver(session))
      return sessionActor(session, selectOrganization(session.memberships, organizationId))
    throw new HoldfastError('invalid_token')
  }

  async #byApiKey(
    key: string,
    organization: string | undefined,
    { ip, isAgain }: { ip: string; isAgain: boolean },
  ): Promise<Actor> {
    if (!isWellFormedApiKey(key)) throw new HoldfastError('invalid_token', { detail: 'This is no API key of ours.' })
    const keyHash = hashApiKey(key)
    const found = await this.#apiKeys.get(keyHash.toString('base64'), () => findApiKey(this.#deps.kysely, keyHash))
    if (found === undefined || !timingSafeEqual(found.hash, keyHash)) throw new HoldfastError('invalid_token')
    if (isOver(found)) throw new HoldfastError('invalid_token')
    const membership = selectOrganization([found], organization)
    if (!allowsAddress(found.allowedAddresses, ip)) throw new HoldfastError('address_not_allowed')
    if (!isAgain) await this.#use(found)
    const actor = keyActor(found, membership)
    this.#keyHashes.set(actor, keyHash)
    return actor
  }

  async #use({ apiKeyId, isLimited }: ApiKeyCredential): Promise<void> {
    if (!isLimited) this.#deps.apiKeyUsage.count(apiKeyId)
    else if (!(await takeUse(this.#deps.kysely, apiKeyId)))
      throw new HoldfastError('invalid_token', { detail: 'This API key has been used up.' })
  }

  async #byAccessToken(token: string, organization: string | undefined): Promise<Actor> {
    const claims = await this.#deps.accessTokens.verify(token)
    if (claims === undefined) throw new HoldfastError('invalid_token')
    const { sessionId, userId } = claims
    const session = await this.#sessions.get(`id ${sessionId}`, () => findSession(this.#deps.kysely, { id: sessionId }))
    if (session === undefined || session.userId !== userId || isOver(session)) throw new HoldfastError('invalid_token')
    return this.#sessionActor(session, organization)
  }

  /** A cookie of a session that has ended is as good as none: the browser keeps sending it to the sign-in page too. */
  async #byCookie(token: string, organization: string | undefined): Promise<Actor | null> {
    const session = await this.#sessions.get(`token ${hash('sha256', token, 'base64')}`, () =>
      findSession(this.#deps.kysely, { token }),
    )
    if (session === undefined || isOver(session)) return null
    return this.#sessionActor(session, organization)
  }

  #sessionActor(session: SessionCredential, organization: string | undefined): Actor {
    const membership = selectOrganization(session.memberships, organization)
    this.#deps.sessionUsage.see(session.sessionId)
    return sessionActor(session, membership)
  }
}

const isOver = ({ expiresAt }: { expiresAt: number | null }): boolean => expiresAt !== null && expiresAt <= Date.now()

const keyActor = (
  { userId, platformRole, scopes, apiKeyId }: ApiKeyCredential,
  { organizationId, role, state }: Membership,
): Actor => ({
  kind: 'api-key',
  userId,
  organizationId,
  role,
  organizationState: state,
  platformRole,
  scopes,
  apiKeyId,
})

const sessionActor = (
  { sessionId, userId, platformRole }: SessionCredential,
  { organizationId, role, state }: Membership,
): Actor => ({
  kind: 'session',
  userId,
  organizationId,
  role,
  organizationState: state,
  platformRole,
  scopes: 'all',
  sessionId,
})
