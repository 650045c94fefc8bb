import type { Database } from '@packages/db/open-database'
import { PREPARED } from '@packages/db/prepared-statements'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { z } from 'zod'
import { type Actor, HELD_ROLES, heldRoleOf, NO_ORGANIZATION, ORGANIZATION_STATES } from '../../authorization/actor.ts'
import { authorize } from '../../authorization/authorize.ts'
import { SCOPES } from '../../authorization/scopes.ts'
import { visibilitySchema } from '../../private/visibility.ts'

export const meSchema = z
  .object({
    user: z.object({
      id: z.string(),
      email: z.string(),
      name: z.string(),
      platformRole: z.enum(['user', 'operator']),
    }),
    credential: z.enum(['session', 'api-key']),
    organizationId: z
      .string()
      .nullable()
      .meta({ description: 'The organization that this request acts in; null for a user who is in none.' }),
    role: z.enum(HELD_ROLES).meta({ description: '`unknown`: none that this version knows; it may do the least.' }),
    scopes: z.array(z.enum(SCOPES)),
    organizations: z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        slug: z.string(),
        role: z.enum(HELD_ROLES),
        state: z.enum(ORGANIZATION_STATES).meta({
          description:
            '`read-only`: no changes are taken. `suspended`: nothing works but this. An operator restores it.',
        }),
        stateReason: z.string().nullable().meta({ description: "The operator's words." }),
        defaultVisibility: visibilitySchema.describe('What an upload becomes that does not say.'),
      }),
    ),
  })
  .meta({ id: 'Me' })

export type MeDeps = { db: Pick<Database, 'kysely'> }

/** Who the caller is and what they may do. An API key is shown its own organization only. */
export const me = async (deps: MeDeps, actor: Actor): Promise<z.infer<typeof meSchema>> => {
  authorize(actor, 'account:read')
  const { kysely } = deps.db
  const user = await kysely
    .selectFrom('users')
    .where('id', '=', actor.userId)
    .select(['id', 'email', 'name', 'platform_role as platformRole'])
    .modifyEnd(PREPARED)
    .executeTakeFirst()
  if (user === undefined) throw new HoldfastError('invalid_token')
  const organizations = await kysely
    .selectFrom('members as m')
    .innerJoin('organizations as o', 'o.id', 'm.organization_id')
    .where('m.user_id', '=', actor.userId)
    .$if(actor.kind === 'api-key', (query) => query.where('o.id', '=', actor.organizationId))
    .select([
      'o.id',
      'o.name',
      'o.slug',
      'm.role',
      'o.state',
      'o.state_reason as stateReason',
      'o.default_visibility as defaultVisibility',
    ])
    .orderBy('m.created_at')
    .orderBy('m.id')
    .modifyEnd(PREPARED)
    .execute()
  return {
    user,
    credential: actor.kind,
    organizationId: actor.organizationId === NO_ORGANIZATION ? null : actor.organizationId,
    role: actor.role,
    scopes: actor.scopes === 'all' ? [...SCOPES] : [...actor.scopes],
    organizations: organizations.map(({ role, ...organization }) => ({
      ...organization,
      role: heldRoleOf(role),
    })),
  }
}
