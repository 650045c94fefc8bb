import type { Tables } from '@packages/db/tables'
import type { Kysely } from 'kysely'
import {
  ORGANIZATION_ROLES,
  type OrganizationRole,
  type PlatformRole,
  SCOPES,
  type Scope,
} from '../../authorization/actor.ts'

export type Membership = { organizationId: string; role: OrganizationRole }

export type ApiKeyCredential = {
  kind: 'api-key'
  apiKeyId: string
  userId: string
  platformRole: PlatformRole
  organizationId: string
  role: OrganizationRole
  scopes: ReadonlySet<Scope>
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

const scopesOf = (stored: readonly string[]): ReadonlySet<Scope> =>
  new Set(SCOPES.filter((scope) => stored.includes(scope)))

/** A role that this version does not know gives the least. */
const roleOf = (stored: string): OrganizationRole => ORGANIZATION_ROLES.find((role) => role === stored) ?? 'member'

/** A key that was not revoked and whose owner is still a member of its organization. Expiry is the caller's to check. */
export const findApiKey = async (db: Kysely<Tables>, hash: Buffer): Promise<ApiKeyCredential | undefined> => {
  const row = await db
    .selectFrom('api_keys as k')
    .innerJoin('users as u', 'u.id', 'k.user_id')
    .innerJoin('members as m', (join) =>
      join.onRef('m.user_id', '=', 'k.user_id').onRef('m.organization_id', '=', 'k.organization_id'),
    )
    .where('k.hash', '=', hash)
    .where('k.revoked_at', 'is', null)
    .select([
      'k.id',
      'k.hash',
      'k.user_id',
      'k.organization_id',
      'k.scopes',
      'k.expires_at',
      'm.role',
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
    role: roleOf(row.role),
    scopes: scopesOf(row.scopes),
    expiresAt: row.expires_at?.getTime() ?? null,
    hash: row.hash,
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
    .where('id' in by ? 's.id' : 's.token', '=', 'id' in by ? by.id : by.token)
    .select(['s.id', 's.user_id', 's.expires_at', 'u.platform_role', 'm.organization_id', 'm.role'])
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
    memberships: rows.flatMap(({ organization_id, role }) =>
      organization_id === null || role === null ? [] : [{ organizationId: organization_id, role: roleOf(role) }],
    ),
  }
}
