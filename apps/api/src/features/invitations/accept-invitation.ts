import { randomUUIDv7 } from 'node:crypto'
import type { Database } from '@packages/db/open-database'
import type { Tables } from '@packages/db/tables'
import type { UnitOfWorkContext } from '@packages/db/unit-of-work'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { type Kysely, sql } from 'kysely'
import { z } from 'zod'
import type { Actor } from '../../authorization/actor.ts'
import type { Authenticator } from '../../plugins/authenticate/authenticator.ts'
import { findUserByEmail } from '../auth/addresses/find-user.ts'
import { insertUser } from '../auth/create-account.ts'
import { hashToken } from '../auth/email-tokens.ts'
import { hashNewPassword } from '../auth/new-password.ts'
import type { Passwords } from '../auth/passwords.ts'
import type { RegistrationOptions } from '../auth/registration/register.ts'
import { invitedRoleField, roleOfInvitation } from './invitation-schema.ts'

export const openInvitationSchema = z
  .object({
    email: z.string(),
    role: invitedRoleField,
    organization: z.object({ id: z.string(), name: z.string() }),
    hasAccount: z.boolean().meta({ description: 'Sign in to accept then; else choose a name and a password.' }),
  })
  .meta({ id: 'OpenInvitation' })

export type OpenInvitation = z.infer<typeof openInvitationSchema>

export type AcceptInvitationDeps = {
  db: Pick<Database, 'kysely' | 'unitOfWork'>
  passwords: Pick<Passwords, 'hash'>
  authenticator: Pick<Authenticator, 'invalidate'>
  registration: RegistrationOptions
}

const findInvitation = (kysely: Kysely<Tables>, token: string, lock = false) =>
  kysely
    .selectFrom('invitations as i')
    .innerJoin('organizations as o', 'o.id', 'i.organization_id')
    .where('i.token_hash', '=', hashToken(token))
    .where('i.status', '=', 'pending')
    .where('i.expires_at', '>', sql<Date>`now()`)
    .select(['i.id', 'i.email', 'i.role', 'i.delivery', 'o.id as organizationId', 'o.name'])
    .$if(lock, (query) => query.forUpdate('i'))
    .executeTakeFirst()

/** What a link invites to. @throws HoldfastError `link_expired` */
export const readInvitation = async (
  { db }: Pick<AcceptInvitationDeps, 'db'>,
  token: string,
): Promise<OpenInvitation> => {
  const found = await findInvitation(db.kysely, token)
  if (found === undefined) throw new HoldfastError('link_expired')
  const { email, organizationId: id, name } = found
  const hasAccount = (await findUserByEmail(db.kysely, email.toLowerCase())) !== undefined
  return { email, role: roleOfInvitation(found.role), organization: { id, name }, hasAccount }
}

const join = async (uow: UnitOfWorkContext, token: string, userId: string): Promise<string> => {
  const found = await findInvitation(uow.tx, token, true)
  if (found === undefined) throw new HoldfastError('link_expired')
  const { id, organizationId } = found
  const role = roleOfInvitation(found.role)
  // A member already keeps the role that they have.
  await uow.tx
    .insertInto('members')
    .values({ id: randomUUIDv7(), organization_id: organizationId, user_id: userId, role })
    .onConflict((conflict) => conflict.columns(['organization_id', 'user_id']).doNothing())
    .execute()
  await uow.tx.updateTable('invitations').set({ status: 'accepted', token_hash: null }).where('id', '=', id).execute()
  if (found.delivery === 'mail')
    await uow.tx.updateTable('users').set({ email_verified: true }).where('id', '=', userId).execute()
  uow.policy({ kind: 'user.changed', userId })
  uow.record({ kind: 'invitation.accepted', organizationId, actorId: userId, subject: id, payload: { role } })
  return organizationId
}

/** A new account of the invited address, in the inviting organization alone. */
const acceptAsNew = async (
  deps: AcceptInvitationDeps,
  email: string,
  input: { token: string; name: string; password: string },
): Promise<string> => {
  if (deps.registration.mode === 'closed') throw new HoldfastError('registration_closed')
  const passwordHash = await hashNewPassword(deps.passwords, { password: input.password, email })
  const { result } = await deps.db.unitOfWork.run(async (uow) => {
    const { id } = await insertUser(uow, { email, name: input.name, passwordHash, platformRole: 'user' })
    const organizationId = await join(uow, input.token, id)
    uow.record({ kind: 'user.registered', organizationId, actorId: id, subject: id, payload: {} })
    return organizationId
  })
  return result
}

/**
 * Takes an invitation up: as who is signed in, when the address is theirs, or else by a new account. The link is used up.
 * @throws HoldfastError `link_expired`, `forbidden` (another's address), `unauthenticated` (the address has an account:
 * sign in), `registration_closed`, `invalid_request`, `weak_password`, `unavailable`
 */
export const acceptInvitation = async (
  deps: AcceptInvitationDeps,
  actor: Actor | null,
  input: { token: string; name?: string | undefined; password?: string | undefined },
): Promise<{ organizationId: string }> => {
  const { email: invited, hasAccount } = await readInvitation(deps, input.token)
  const email = invited.toLowerCase()
  if (actor !== null) {
    if (actor.sessionId === undefined) throw new HoldfastError('forbidden', { detail: 'An API key joins nothing.' })
    const { userId } = actor
    const owner = await findUserByEmail(deps.db.kysely, email)
    if (owner?.id !== userId)
      throw new HoldfastError('forbidden', { detail: 'The invitation is for another e-mail address: sign out first.' })
    const { result } = await deps.db.unitOfWork.run((uow) => join(uow, input.token, userId))
    deps.authenticator.invalidate({ kind: 'user.changed', userId })
    return { organizationId: result }
  }
  if (hasAccount)
    throw new HoldfastError('unauthenticated', { detail: 'The invited address has an account: sign in to accept.' })
  const { token, name, password } = input
  if (name === undefined || password === undefined) {
    const message = 'is needed for a new account'
    throw new HoldfastError('invalid_request', {
      fields: [...(name === undefined ? ['name'] : []), ...(password === undefined ? ['password'] : [])].map(
        (path) => ({
          path,
          message,
        }),
      ),
    })
  }
  return { organizationId: await acceptAsNew(deps, email, { token, name, password }) }
}
