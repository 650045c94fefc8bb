import { type Kysely, sql, type Transaction } from 'kysely'
import { isUniqueViolation } from './postgres-errors.ts'
import type { Tables } from './tables.ts'

/** Which request: the organization (or a hash of the credential), the route, and the caller's key. */
export type IdempotencyIdentity = { scope: string; route: string; key: string }

export type IdempotentReply = {
  /** Of the request; another request with the same key is refused. */
  fingerprint: Buffer
  status: number
  /** Null on routes that answer secrets, and for replies without a body. */
  body: unknown
  /** The id of what the request made. */
  subject: string | null
}

export const IDEMPOTENCY_HOURS = 24

/** A reply with this key was committed before (by a racing request): read it and send it again. */
export class IdempotencyConflict extends Error {
  override readonly name = 'IdempotencyConflict'
  readonly identity: IdempotencyIdentity

  constructor(identity: IdempotencyIdentity) {
    super(`the idempotency key of ${identity.route} is taken`)
    this.identity = identity
  }
}

/** The kept reply of a request; undefined when there is none or it is older than 24 h. */
export const findIdempotentReply = async (
  db: Kysely<Tables>,
  { scope, route, key }: IdempotencyIdentity,
): Promise<IdempotentReply | undefined> =>
  db
    .selectFrom('idempotency_keys')
    .select(['fingerprint', 'status', 'body', 'subject'])
    .where('scope', '=', scope)
    .where('route', '=', route)
    .where('key', '=', key)
    .where('created_at', '>', sql<Date>`now() - make_interval(hours => ${IDEMPOTENCY_HOURS})`)
    .executeTakeFirst()

export type NewIdempotentReply = IdempotencyIdentity & {
  fingerprint: Uint8Array
  status: number
  body: unknown
  subject?: string | null
}

/**
 * Keeps a reply, in the transaction of the change it answers. An expired one gives way.
 * @throws IdempotencyConflict when a racing request was first; the transaction must then be rolled back
 */
export const saveIdempotentReply = async (tx: Transaction<Tables>, reply: NewIdempotentReply): Promise<void> => {
  const { scope, route, key, fingerprint, status, body, subject = null } = reply
  await deleteExpired(tx, [{ scope, route, key }])
  try {
    await tx
      .insertInto('idempotency_keys')
      .values({
        scope,
        route,
        key,
        fingerprint: Buffer.from(fingerprint),
        status,
        body: body === null || body === undefined ? null : JSON.stringify(body),
        subject,
      })
      .execute()
  } catch (error) {
    if (isUniqueViolation(error, 'idempotency_keys_pkey')) throw new IdempotencyConflict({ scope, route, key })
    throw error
  }
}

export const deleteExpired = async (tx: Transaction<Tables>, identities: IdempotencyIdentity[]): Promise<void> => {
  await sql`
    delete from idempotency_keys k
    using jsonb_to_recordset(${JSON.stringify(identities)}::jsonb) as x (scope text, route text, key text)
    where k.scope = x.scope and k.route = x.route and k.key = x.key
      and k.created_at <= now() - make_interval(hours => ${IDEMPOTENCY_HOURS})
  `.execute(tx)
}

/** Deletes up to `limit` (10,000) expired replies; returns how many, so that a caller goes on until fewer came. */
export const pruneIdempotentReplies = async (db: Kysely<Tables>, limit = 10_000): Promise<number> => {
  const { numAffectedRows } = await sql`
    delete from idempotency_keys where ctid = any(array(
      select ctid from idempotency_keys
      where created_at <= now() - make_interval(hours => ${IDEMPOTENCY_HOURS})
      order by created_at limit ${limit} for update skip locked))
  `.execute(db)
  return Number(numAffectedRows ?? 0)
}
