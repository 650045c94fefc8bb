import { z } from 'zod'
import type { ApiInstance } from '../../api-instance.ts'
import { actorOf } from '../../authorization/actor-of.ts'
import { authorize } from '../../authorization/authorize.ts'
import type { Idempotency } from '../../plugins/idempotency/idempotency.ts'
import { idempotent } from '../../plugins/idempotency/idempotent.ts'
import { emailField, nameField, newPasswordField } from '../auth/account-fields.ts'
import {
  acceptInvitation,
  type AcceptInvitationDeps,
  openInvitationSchema,
  readInvitation,
} from './accept-invitation.ts'
import { resendInvitation, revokeInvitation } from './change-invitation.ts'
import { createInvitation, type CreateInvitationDeps } from './create-invitation.ts'
import { invitationSchema, invitedRoleField, newInvitationSchema } from './invitation-schema.ts'
import { listInvitations, type ListInvitationsDeps } from './list-invitations.ts'

export type InvitationsDeps = CreateInvitationDeps &
  ListInvitationsDeps &
  AcceptInvitationDeps & { idempotency: Idempotency }

const tokenField = z.string().min(1).max(200).meta({ description: 'From the link of the invitation.', example: 'kQ7…' })

/** `/api/v1/invitations`: who is asked into the organization, by its owners and admins. */
export const registerInvitationsRoutes = (app: ApiInstance, deps: InvitationsDeps): void => {
  const tag = 'Invitations' as const

  app.post(
    '/api/v1/invitations',
    {
      config: { action: 'members:write' },
      schema: {
        docs: {
          operationId: 'createInvitation',
          tag,
          summary: 'Invite somebody into the organization',
          description: 'Mails a link that works once, for 7 days. Where no mail is sent the answer holds the link.',
          errors: ['forbidden', 'already_exists', 'already_completed'],
          example: { email: 'grace@example.org', role: 'developer' },
        },
        body: z.strictObject({ email: emailField, role: invitedRoleField }),
        response: { 201: newInvitationSchema },
      },
    },
    (request, reply) => {
      const actor = actorOf(request)
      const { organizationId } = actor
      const options = {
        route: 'POST /invitations',
        scope: organizationId,
        authorize: () => authorize(actor, 'members:write', { organizationId }),
      }
      return idempotent(deps.idempotency, request, reply, options, async (record) =>
        reply.code(201).send(await createInvitation(deps, actor, request.body, record)),
      )
    },
  )

  app.get(
    '/api/v1/invitations',
    {
      config: { action: 'members:write', rateClass: 'list' },
      schema: {
        docs: {
          operationId: 'listInvitations',
          tag,
          summary: 'List open invitations, newest first',
          errors: ['forbidden'],
        },
        response: { 200: z.object({ invitations: z.array(invitationSchema) }).meta({ id: 'InvitationList' }) },
      },
    },
    async (request) => ({ invitations: await listInvitations(deps, actorOf(request)) }),
  )

  app.post(
    '/api/v1/invitations/:id/resend',
    {
      config: { action: 'members:write' },
      schema: {
        docs: {
          operationId: 'resendInvitation',
          tag,
          summary: 'Send another link',
          description: 'The one before stops working.',
          idempotent: false,
          errors: ['forbidden', 'not_found'],
        },
        params: z.object({ id: z.string() }),
        response: { 200: newInvitationSchema },
      },
    },
    (request) => resendInvitation(deps, actorOf(request), request.params.id),
  )

  app.delete(
    '/api/v1/invitations/:id',
    {
      config: { action: 'members:write' },
      schema: {
        docs: {
          operationId: 'revokeInvitation',
          tag,
          summary: 'Revoke an invitation',
          errors: ['forbidden', 'not_found'],
        },
        params: z.object({ id: z.string() }),
        response: { 204: z.undefined().describe('Its link stops working.') },
      },
    },
    async (request, reply) => {
      await revokeInvitation(deps, actorOf(request), request.params.id)
      return reply.code(204).send()
    },
  )

  app.post(
    '/api/v1/auth/invitation',
    {
      config: { access: 'public', rateClass: 'sign-in' },
      schema: {
        docs: {
          operationId: 'readInvitation',
          tag,
          summary: 'What a link invites to',
          idempotent: false,
          errors: ['link_expired'],
        },
        body: z.strictObject({ token: tokenField }),
        response: { 200: openInvitationSchema },
      },
    },
    (request) => readInvitation(deps, request.body.token),
  )

  app.post(
    '/api/v1/auth/invitation/accept',
    {
      config: { access: 'optional', rateClass: 'sign-in' },
      schema: {
        docs: {
          operationId: 'acceptInvitation',
          tag,
          summary: 'Accept an invitation',
          description: 'As who is signed in, or with `name` and `password` for a new account.',
          idempotent: false,
          errors: ['link_expired', 'unauthenticated', 'forbidden', 'registration_closed', 'weak_password'],
        },
        body: z.strictObject({ token: tokenField, name: nameField.optional(), password: newPasswordField.optional() }),
        response: { 200: z.object({ organizationId: z.string() }).meta({ id: 'JoinedOrganization' }) },
      },
    },
    (request) => acceptInvitation(deps, request.actor, request.body),
  )
}
