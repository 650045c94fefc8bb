import { type RawBuilder, sql } from 'kysely'
import type { Erasure } from './erasure-row.ts'

/** An address within other text, as PostgreSQL's regular expressions have it: not as a part of a longer one. */
export const mentionPattern = (email: string): string =>
  `(^|[^[:alnum:]._%+-])${email.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}($|[^[:alnum:].-]|\\.($|[^[:alnum:]]))`

const NOBODY = '00000000-0000-0000-0000-000000000000'

/** Statements for what foreign keys do not take along, by table and in this order; each may be run again. */
export const PURGES: Record<string, (erasure: Erasure) => RawBuilder<unknown>[]> = {
  email_tokens: ({ email, userId }) => [
    sql`delete from email_tokens where lower(email) = ${email} or user_id = ${userId}::uuid`,
  ],
  invitations: ({ email, userId }) => [
    sql`delete from invitations where lower(email) = ${email} or inviter_id = ${userId}::uuid`,
  ],
  // better-auth writes `sign-in-otp-<address>` and the like; one of somebody whose address ends so is asked for again.
  verifications: ({ email, userId }) => [
    sql`
      delete from verifications
      where position(${email ?? NOBODY} in lower(identifier)) > 0 or position(${email ?? NOBODY} in lower(value)) > 0
        or position(${userId ?? NOBODY} in identifier) > 0 or position(${userId ?? NOBODY} in value) > 0
    `,
  ],
  events: ({ email, userId, organizationIds }) => [
    sql`
      delete from events
      where organization_id = any(${organizationIds}::uuid[]) or subject = any(${subjects(userId, organizationIds)}::text[])
        or payload::text ~* ${pattern(email)} or position(${userId ?? NOBODY} in payload::text) > 0
    `,
    // What an organization keeps of what somebody did there names nobody.
    sql`update events set actor_id = null where actor_id = ${userId}::uuid`,
  ],
  idempotency_keys: ({ email, userId, organizationIds }) => [
    sql`
      delete from idempotency_keys
      where scope = any(${organizationIds}::text[]) or subject = any(${subjects(userId, organizationIds)}::text[])
        or body::text ~* ${pattern(email)} or position(${userId ?? NOBODY} in body::text) > 0
    `,
  ],
  platform_setup: ({ userId }) => [
    sql`
      update platform_setup set administrator_id = (
        select id from users where platform_role = 'operator' and id <> ${userId}::uuid order by created_at limit 1)
      where administrator_id = ${userId}::uuid
    `,
  ],
}

/** Matches nothing where there is no address. */
const pattern = (email: string | null): string => (email === null ? '$a' : mentionPattern(email))

const subjects = (userId: string | null, organizationIds: readonly string[]): string[] =>
  userId === null ? [...organizationIds] : [...organizationIds, userId]
