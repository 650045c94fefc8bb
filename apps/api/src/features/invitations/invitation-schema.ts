import type { Row } from '@packages/db/tables'
import { z } from 'zod'
import { ORGANIZATION_ROLES } from '../../authorization/actor.ts'

/** An owner is made of a member who is there already, never by a mail. */
export const INVITED_ROLES = ORGANIZATION_ROLES.filter((role) => role !== 'owner')

const invitedRole = z.enum(INVITED_ROLES)
export type InvitedRole = z.infer<typeof invitedRole>

export const invitationSchema = z
  .object({
    id: z.string(),
    email: z.string(),
    role: invitedRole,
    createdAt: z.iso.datetime(),
    expiresAt: z.iso.datetime(),
    expired: z.boolean(),
  })
  .meta({ id: 'Invitation' })

export type Invitation = z.infer<typeof invitationSchema>

export const newInvitationSchema = invitationSchema
  .extend({
    link: z
      .string()
      .nullable()
      .meta({ description: 'Where no mail is sent: the link to hand on, shown only here. Null when it was mailed.' }),
  })
  .meta({ id: 'NewInvitation' })

export type NewInvitation = z.infer<typeof newInvitationSchema>

export const invitedRoleField = invitedRole.meta({ description: 'What the invited may do in the organization.' })

export const roleOfInvitation = (role: string | null): InvitedRole =>
  INVITED_ROLES.find((known) => known === role) ?? invitedRole.parse(INVITED_ROLES.at(-1))

export const presentInvitation = (row: Omit<Row<'invitations'>, 'token_hash'>): Invitation => ({
  id: row.id,
  email: row.email,
  role: roleOfInvitation(row.role),
  createdAt: row.created_at.toISOString(),
  expiresAt: row.expires_at.toISOString(),
  expired: row.expires_at.getTime() <= Date.now(),
})
