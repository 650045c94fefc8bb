import type { Tables } from '@packages/db/tables'
import { type Kysely, sql } from 'kysely'
import { type HeldRole, heldRoleOf, type OrganizationState, type PlatformRole } from '../../authorization/actor.ts'
import { type Scope, scopesOf } from '../../authorization/scopes.ts'

export type Membership = { organizationId: string; role: HeldRole; state: OrganizationState }

export type ApiKeyCredential = {
  kind: 'api-key'
  apiKeyId: string
  userId: string
  platformRole: PlatformRole
  organizationId: string
  role: HeldRole
  state: OrganizationState
  scopes: ReadonlySet<Scope>
  /** Addresses and CIDR blocks; empty means from anywhere. */
  allowedAddresses: readonly string[]
  /** Uses of such a key are taken one by one in the database. */
  isLimited: boolean
  /** Milliseconds; null means never. */
  expiresAt: number | null
  hash: Buffer
}

export type SessionCredential = {
  kind: 'session'
  sessionId: string
  userId: string
  platformRole: PlatformRole
  expiresAt: number
  /** Oldest first: the first is the default organization. */
  memberships: readonly Membership[]
}

const endOf = (date: Date | null): number | null => date?.getTime() ?? null

const earlier = (...dates: (Date | null)[]): number | null => {
  const ends = dates.flatMap((date) => endOf(date) ?? [])
  return ends.length === 0 ? null : Math.min(...ends)
}

/** A key that was not revoked and whose owner is still a member of its organization. Expiry is the caller's to check. */
export const findApiKey = async (db: Kysely<Tables>, hash: Buffer): Promise<ApiKeyCredential | undefined> => {
  const row = await db
    .selectFrom('api_keys as k')
    .innerJoin('users as u', 'u.id', 'k.user_id')
    .innerJoin('members as m', (join) =>
      join.onRef('m.user_id', '=', 'k.user_id').onRef('m.organization_id', '=', 'k.organization_id'),
    )
    .innerJoin('organizations as o', 'o.id', 'k.organization_id')
    .where((where) =>
      where.or([
        where('k.hash', '=', hash),
        where.and([where('k.previous_hash', '=', hash), where('k.previous_expires_at', '>', sql<Date>`now()`)]),
      ]),
    )
    .where('k.revoked_at', 'is', null)
    .select([
      'k.id',
      'k.hash',
      'k.user_id',
      'k.organization_id',
      'k.scopes',
      'k.expires_at',
      'k.previous_expires_at',
      'k.allowed_addresses',
      'k.max_uses',
      'm.role',
      'o.state',
      'u.platform_role',
    ])
    .executeTakeFirst()
  if (row === undefined) return undefined
  return {
    kind: 'api-key',
    apiKeyId: row.id,
    userId: row.user_id,
    platformRole: row.platform_role,
    organizationId: row.organization_id,
    role: heldRoleOf(row.role),
    state: row.state,
    scopes: scopesOf(row.scopes),
    expiresAt: row.hash.equals(hash) ? endOf(row.expires_at) : earlier(row.expires_at, row.previous_expires_at),
    allowedAddresses: row.allowed_addresses,
    isLimited: row.max_uses !== null,
    hash,
  }
}

/** A live session by its id (access token) or its token (cookie), with its user's memberships. */
export const findSession = async (
  db: Kysely<Tables>,
  by: { id: string } | { token: string },
): Promise<SessionCredential | undefined> => {
  const rows = await db
    .selectFrom('sessions as s')
    .innerJoin('users as u', 'u.id', 's.user_id')
    .leftJoin('members as m', 'm.user_id', 's.user_id')
    .leftJoin('organizations as o', 'o.id', 'm.organization_id')
    .where('id' in by ? 's.id' : 's.token', '=', 'id' in by ? by.id : by.token)
    .select(['s.id', 's.user_id', 's.expires_at', 'u.platform_role', 'm.organization_id', 'm.role', 'o.state'])
    .orderBy('m.created_at')
    .orderBy('m.id')
    .execute()
  const [first] = rows
  if (first === undefined) return undefined
  return {
    kind: 'session',
    sessionId: first.id,
    userId: first.user_id,
    platformRole: first.platform_role,
    expiresAt: first.expires_at.getTime(),
    memberships: rows.flatMap(({ organization_id, role, state }) =>
      organization_id === null || role === null || state === null
        ? []
        : [{ organizationId: organization_id, role: heldRoleOf(role), state }],
    ),
  }
}
