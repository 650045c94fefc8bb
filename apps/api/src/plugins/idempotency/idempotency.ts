import { createHmac } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { findIdempotentReply, type IdempotencyIdentity, type IdempotentReply } from '@packages/db/idempotency'
import { openColumn, sealColumn, type SealedPlace } from '@packages/db/sealed-columns'
import type { Tables } from '@packages/db/tables'
import type { MasterKey } from '@packages/runtime/master-key'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { Kysely } from 'kysely'
import { canonicalJson } from './canonical-json.ts'

export const IDEMPOTENCY_HEADER = 'idempotency-key'

const KEY = /^[\x21-\x7e]{1,255}$/

const CREDENTIAL_SCOPE = 'credential:'

/** Whether a scope was made by `credentialScope`; the other ones are organizations. */
export const isCredentialScope = (scope: string): boolean => scope.startsWith(CREDENTIAL_SCOPE)

export type IdempotencyDeps = { kysely: Kysely<Tables>; masterKey: MasterKey }

/** A key that is in use by one request of this process until `release`. */
export type IdempotencyClaim = {
  readonly identity: IdempotencyIdentity
  /**
   * The reply to send again; undefined when no request with this key was completed.
   * @throws HoldfastError `idempotency_key_reuse` for another body, `already_completed` where the reply was a secret
   */
  replay(fingerprint: Uint8Array): { status: number; body: unknown } | undefined
  /** What is stored of a reply: it may name private files and people, so it is sealed. */
  keep(body: unknown): unknown
  /** Looks again, after the database told that a racing request of another process was first (`IdempotencyConflict`). */
  reload(): Promise<void>
  release(): void
}

/** @throws HoldfastError `invalid_idempotency_key` unless the header has 1 to 255 visible ASCII characters */
export const idempotencyKeyOf = (headers: IncomingHttpHeaders): string | undefined => {
  const key = headers[IDEMPOTENCY_HEADER]
  if (key === undefined) return undefined
  if (typeof key === 'string' && KEY.test(key)) return key
  throw new HoldfastError('invalid_idempotency_key', { detail: 'It has 1 to 255 visible ASCII characters.' })
}

/**
 * Runs a request once, however often it is sent (architecture, hard case 15). Only completed changes are kept, 24 h:
 * a request that failed may be sent again with the same key.
 */
export class Idempotency {
  readonly #deps: IdempotencyDeps
  readonly #fingerprintKey: Uint8Array
  readonly #inFlight = new Set<string>()

  constructor(deps: IdempotencyDeps) {
    this.#deps = deps
    this.#fingerprintKey = deps.masterKey.derive('holdfast/idempotency-fingerprint/v1')
  }

  /** Keyed, because bodies hold passwords: a plain hash of one in the database could be tried out fast. */
  fingerprint(body: unknown): Buffer {
    return createHmac('sha256', this.#fingerprintKey).update(canonicalJson(body)).digest()
  }

  /** The scope of a route without an organization: a hash of the credential that the request brings. */
  credentialScope(credential: string): string {
    return `${CREDENTIAL_SCOPE}${this.fingerprint(['scope', credential]).toString('base64url')}`
  }

  /** @throws HoldfastError `request_in_flight` while a request with the same identity runs here */
  async claim(request: IdempotencyIdentity): Promise<IdempotencyClaim> {
    // A client may take whatever it likes for a key: it is stored as a hash, like all that it sends.
    const identity = { ...request, key: this.fingerprint(['key', request.key]).toString('base64url') }
    const name = canonicalJson([identity.scope, identity.route, identity.key])
    if (this.#inFlight.has(name)) throw new HoldfastError('request_in_flight', { headers: { 'retry-after': '1' } })
    this.#inFlight.add(name)
    const release = (): void => void this.#inFlight.delete(name)
    let stored: IdempotentReply | undefined
    const reload = async (): Promise<void> => {
      stored = await findIdempotentReply(this.#deps.kysely, identity)
    }
    try {
      await reload()
      const seal = new ReplySeal(this.#deps.masterKey, identity)
      const replay = (fingerprint: Uint8Array) => replayOf(stored, fingerprint, seal)
      return { identity, replay, keep: (body) => seal.seal(body), reload, release }
    } catch (error) {
      release()
      throw error
    }
  }
}

/** Replies as they are stored. */
class ReplySeal {
  readonly #key: MasterKey
  readonly #place: SealedPlace

  constructor(key: MasterKey, { scope, route, key: name }: IdempotencyIdentity) {
    this.#key = key
    this.#place = { column: 'idempotency_keys.body', row: JSON.stringify([route, name]), tenant: scope }
  }

  seal(body: unknown): unknown {
    if (body === null || body === undefined) return null
    return { sealed: sealColumn(this.#key, this.#place, Buffer.from(JSON.stringify(body))).toString('base64') }
  }

  /** @throws UnsealError when it was moved here, or changed */
  open(stored: unknown): unknown {
    if (stored === null) return null
    const { sealed } = stored as { sealed: string }
    return JSON.parse(openColumn(this.#key, this.#place, Buffer.from(sealed, 'base64')).toString())
  }
}

/** By an earlier version: what was answered is not told again, but the change is not made again either. */
const isInClear = (body: unknown): boolean =>
  body !== null && typeof (body as { sealed?: unknown } | undefined)?.sealed !== 'string'

const replayOf = (
  stored: IdempotentReply | undefined,
  fingerprint: Uint8Array,
  seal: ReplySeal,
): { status: number; body: unknown } | undefined => {
  if (stored === undefined) return undefined
  if (!Buffer.from(fingerprint).equals(stored.fingerprint)) throw new HoldfastError('idempotency_key_reuse')
  if ((stored.body === null && stored.status !== 204) || isInClear(stored.body))
    throw new HoldfastError('already_completed', { subject: stored.subject ?? undefined })
  return { status: stored.status, body: seal.open(stored.body) }
}
