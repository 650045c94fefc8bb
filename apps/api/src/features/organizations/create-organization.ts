import type { Database } from '@packages/db/open-database'
import type { UnitOfWorkContext } from '@packages/db/unit-of-work'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { Actor } from '../../authorization/actor.ts'
import { authorize } from '../../authorization/authorize.ts'
import type { Authenticator } from '../../plugins/authenticate/authenticator.ts'
import type { RecordReply } from '../../plugins/idempotency/idempotent.ts'
import type { RegistrationOptions } from '../auth/registration/register.ts'
import type { RequestCounts } from '../auth/request-counts.ts'
import { insertOrganization, TRIAL_PLAN } from './insert-organization.ts'
import { presentOrganization } from './presenter.ts'
import type { Organization } from './schemas.ts'

export type CreateOrganizationDeps = {
  db: Pick<Database, 'unitOfWork'>
  authenticator: Pick<Authenticator, 'invalidate'>
  requestCounts: Pick<RequestCounts, 'take'>
  registration: Pick<RegistrationOptions, 'mode'>
  /** How many a user who is no operator may own; 0: none. */
  organizationsPerUser: number
}

/** Handing one's organizations to others makes room for new ones; not for more than this. */
const CREATED_PER_DAY = { what: 'organization', limit: 10, windowMs: 86_400_000 }

/** @throws HoldfastError `quota_exceeded` */
const requireRoom = async ({ tx }: UnitOfWorkContext, userId: string, limit: number): Promise<void> => {
  // Those that race count one after the other.
  await tx.selectFrom('users').where('id', '=', userId).select('id').forNoKeyUpdate().executeTakeFirstOrThrow()
  const { owned } = await tx
    .selectFrom('members')
    .where('user_id', '=', userId)
    .where('role', '=', 'owner')
    .select(({ fn }) => fn.countAll<number>().as('owned'))
    .executeTakeFirstOrThrow()
  if (Number(owned) >= limit)
    throw new HoldfastError('quota_exceeded', {
      detail: `You own ${owned} organizations; more are made by the operator.`,
    })
}

/**
 * Makes an organization that the caller owns. Theirs is on the trial plan, an operator's on the default one.
 * @throws HoldfastError `registration_closed`, `quota_exceeded`, `rate_limited`, `not_configured`
 */
export const createOrganization = async (
  deps: CreateOrganizationDeps,
  actor: Actor,
  { name }: { name: string },
  record: RecordReply,
): Promise<Organization> => {
  authorize(actor, 'organization:create')
  const { userId } = actor
  const byOperator = actor.platformRole === 'operator'
  if (!byOperator && deps.registration.mode === 'closed')
    throw new HoldfastError('registration_closed', { detail: 'Organizations are made by the operator here.' })
  const { allowed, resetMs } = await deps.requestCounts.take(CREATED_PER_DAY, userId)
  if (!allowed && !byOperator) {
    const headers = { 'retry-after': String(Math.ceil(resetMs / 1_000)) }
    throw new HoldfastError('rate_limited', { detail: 'No more organizations can be made today.', headers })
  }
  const { result } = await deps.db.unitOfWork.run(async (uow) => {
    if (!byOperator) await requireRoom(uow, userId, deps.organizationsPerUser)
    const row = await insertOrganization(uow, { name, ownerId: userId, ...(byOperator ? {} : { plan: TRIAL_PLAN }) })
    const organization = presentOrganization(row)
    const organizationId = row.id
    uow.policy({ kind: 'user.changed', userId })
    const payload = { plan: row.plan }
    uow.record({ kind: 'organization.created', organizationId, actorId: userId, subject: organizationId, payload })
    await record(uow.tx, { status: 201, body: organization, subject: organizationId })
    return organization
  })
  deps.authenticator.invalidate({ kind: 'user.changed', userId })
  return result
}
