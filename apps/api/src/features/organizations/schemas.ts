import { z } from 'zod'
import { HELD_ROLES, ORGANIZATION_ROLES, ORGANIZATION_STATES } from '../../authorization/actor.ts'
import { visibilitySchema } from '../../private/visibility.ts'
import { replicationPolicySchema, replicationSchema } from '../../values/replication.ts'
import { nameField } from '../auth/account-fields.ts'

export const organizationParams = z.object({ organizationId: z.string() })
export const memberParams = organizationParams.extend({ userId: z.string() })

export const newOrganizationSchema = z.strictObject({ name: nameField })

export const organizationChangesSchema = z.strictObject({
  name: nameField.optional(),
  defaultVisibility: visibilitySchema
    .optional()
    .describe('Of uploads that do not say; those that are there stay as they are.'),
  defaultReplication: replicationPolicySchema
    .nullable()
    .optional()
    .describe(
      'Of pins and uploads that do not say, within the plan’s `replicationMax`; those that are there stay as they are. Null: the platform’s.',
    ),
})

export const organizationSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    slug: z.string(),
    plan: z.string(),
    state: z.enum(ORGANIZATION_STATES),
    stateReason: z.string().nullable().meta({ description: "The operator's words." }),
    defaultVisibility: visibilitySchema,
    defaultReplication: replicationSchema.nullable().describe('Null: the platform’s.'),
    createdAt: z.iso.datetime(),
  })
  .meta({ id: 'Organization' })

export const organizationListSchema = z
  .object({ organizations: z.array(organizationSchema.extend({ role: z.enum(HELD_ROLES) })) })
  .meta({ id: 'OrganizationList' })

export const roleField = z.enum(ORGANIZATION_ROLES)

export const memberSchema = z
  .object({
    userId: z.string(),
    email: z.string(),
    name: z.string(),
    role: z.enum(HELD_ROLES),
    joinedAt: z.iso.datetime(),
  })
  .meta({ id: 'Member' })

export const memberPageSchema = z
  .object({ members: z.array(memberSchema), nextCursor: z.string().nullable() })
  .meta({ id: 'MemberPage' })

export type Organization = z.infer<typeof organizationSchema>
export type Member = z.infer<typeof memberSchema>
