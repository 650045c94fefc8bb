import type { Database } from '@packages/db/open-database'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { z } from 'zod'
import { type Actor, ORGANIZATION_ROLES, SCOPES } from '../../authorization/actor.ts'

export const meSchema = z
  .object({
    user: z.object({
      id: z.string(),
      email: z.string(),
      name: z.string(),
      platformRole: z.enum(['user', 'operator']),
    }),
    credential: z.enum(['session', 'api-key']),
    organizationId: z.string().meta({ description: 'The organization that this request acts in.' }),
    role: z.enum(ORGANIZATION_ROLES),
    scopes: z.array(z.enum(SCOPES)),
    organizations: z.array(
      z.object({ id: z.string(), name: z.string(), slug: z.string(), role: z.enum(ORGANIZATION_ROLES) }),
    ),
  })
  .meta({ id: 'Me' })

export type MeDeps = { db: Pick<Database, 'kysely'> }

/** Who the caller is and what they may do. An API key is shown its own organization only. */
export const me = async (deps: MeDeps, actor: Actor): Promise<z.infer<typeof meSchema>> => {
  const { kysely } = deps.db
  const user = await kysely
    .selectFrom('users')
    .where('id', '=', actor.userId)
    .select(['id', 'email', 'name', 'platform_role as platformRole'])
    .executeTakeFirst()
  if (user === undefined) throw new HoldfastError('invalid_token')
  const organizations = await kysely
    .selectFrom('members as m')
    .innerJoin('organizations as o', 'o.id', 'm.organization_id')
    .where('m.user_id', '=', actor.userId)
    .$if(actor.kind === 'api-key', (query) => query.where('o.id', '=', actor.organizationId))
    .select(['o.id', 'o.name', 'o.slug', 'm.role'])
    .orderBy('m.created_at')
    .orderBy('m.id')
    .execute()
  return {
    user,
    credential: actor.kind,
    organizationId: actor.organizationId,
    role: actor.role,
    scopes: actor.scopes === 'all' ? [...SCOPES] : [...actor.scopes],
    organizations: organizations.map(({ role, ...organization }) => ({
      ...organization,
      role: ORGANIZATION_ROLES.find((known) => known === role) ?? 'member',
    })),
  }
}
