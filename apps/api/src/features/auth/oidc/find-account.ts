import { randomUUIDv7 } from 'node:crypto'
import type { UnitOfWorkContext } from '@packages/db/unit-of-work'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { sql } from 'kysely'
import { findUserByEmail } from '../addresses/find-user.ts'
import type { Mailbox } from '../mailbox.ts'
import type { RegistrationOptions } from '../registration/register.ts'
import { insertOrganization, TRIAL_PLAN } from '../../organizations/insert-organization.ts'
import type { OidcPolicy, Person } from './judge-claims.ts'
import { insertLink, linkedSince, lockSubject, userOfSubject } from './linked-accounts.ts'

export type FindAccountDeps = {
  issuer: string
  policy: Pick<OidcPolicy, 'linkByEmail'>
  registration: Pick<RegistrationOptions, 'mode'>
  mailbox: Mailbox | null
}

/**
 * An account that is here already is opened by its address only where the operator says so, when both sides have proven the address: who made
 * an account for another's address would have the owner walk into it. Never one of an operator: whoever runs the provider
 * would run the platform. Its owner is told.
 */
const linkByEmail = async (
  uow: UnitOfWorkContext,
  deps: FindAccountDeps,
  { userId, subject, email }: { userId: string; subject: string; email: string },
): Promise<string> => {
  const user = await uow.tx
    .selectFrom('users')
    .where('id', '=', userId)
    .select(['email', 'email_verified', 'platform_role'])
    // One at a time for an account too: two identities that come with its address at once are not both linked.
    .forNoKeyUpdate()
    .executeTakeFirst()
  const linked = await linkedSince(uow.tx, { issuer: deps.issuer, userId })
  const { mailbox, policy } = deps
  // Another subject of this provider: the address was given to somebody else there.
  if (
    !policy.linkByEmail ||
    mailbox === null ||
    user?.email_verified !== true ||
    // It may have got another address while we waited.
    user.email.toLowerCase() !== email.toLowerCase() ||
    user.platform_role !== 'user' ||
    linked !== undefined
  )
    throw new HoldfastError('sso_account_exists')
  await insertLink(uow, { issuer: deps.issuer, userId, subject })
  uow.record({ kind: 'oidc.linked', organizationId: null, actorId: userId, subject: userId, payload: { by: 'email' } })
  mailbox.post(uow, {
    to: email,
    content: { template: 'oidc-linked', link: mailbox.link('forgot-password') },
  })
  return userId
}

const isInvited = async (uow: UnitOfWorkContext, email: string): Promise<boolean> => {
  const found = await uow.tx
    .selectFrom('invitations')
    .where((where) => where(where.fn<string>('lower', ['email']), '=', email))
    .where('status', '=', 'pending')
    .where('expires_at', '>', sql<Date>`now()`)
    .select('id')
    .executeTakeFirst()
  return found !== undefined
}

/** `open`: with an organization of their own, on the trial plan. `invite`: who is invited, in none until they accept. */
const register = async (
  uow: UnitOfWorkContext,
  deps: FindAccountDeps,
  { subject, email, name }: { subject: string; email: string; name: string },
): Promise<string> => {
  const { mode } = deps.registration
  if (mode !== 'open' && !(mode === 'invite' && (await isInvited(uow, email))))
    throw new HoldfastError('registration_closed')
  const userId = randomUUIDv7()
  await uow.tx.insertInto('users').values({ id: userId, email, name, email_verified: true }).execute()
  await insertLink(uow, { issuer: deps.issuer, userId, subject })
  const organizationId =
    mode === 'open' ? (await insertOrganization(uow, { name, ownerId: userId, plan: TRIAL_PLAN })).id : null
  uow.record({ kind: 'user.registered', organizationId, actorId: userId, subject: userId, payload: { by: 'oidc' } })
  return userId
}

/**
 * Whose account it is that the provider speaks of: the one that is linked to the subject, one with the address, or a new one.
 * @throws HoldfastError `sso_email_unverified`, `sso_account_exists`, `registration_closed`, `not_configured`
 */
export const findAccount = async (uow: UnitOfWorkContext, deps: FindAccountDeps, person: Person): Promise<string> => {
  const { subject, email } = person
  const { issuer } = deps
  await lockSubject(uow, { issuer, subject })
  const known = await userOfSubject(uow.tx, { issuer, subject })
  if (known !== undefined) return known
  if (email === null) throw new HoldfastError('sso_email_unverified')
  const owner = await findUserByEmail(uow.tx, email)
  if (owner === undefined) return register(uow, deps, { subject, email, name: person.name ?? email })
  return linkByEmail(uow, deps, { userId: owner.id, subject, email })
}
