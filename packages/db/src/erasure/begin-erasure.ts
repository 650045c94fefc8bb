import { randomUUIDv7 } from 'node:crypto'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { sql } from 'kysely'
import type { Row } from '../tables.ts'
import { tellGateways } from '../tell-gateways.ts'
import type { UnitOfWorkContext } from '../unit-of-work.ts'

export type ErasureRequest = {
  kind: 'user' | 'organization'
  requestedBy: Row<'erasures'>['requested_by']
  tokenHash: Buffer
  /** Who asks; an operator, an owner, or the user who goes. */
  actorId: string
  user: { id: string; email: string } | null
  /** Those that go with a user are the ones that have no other member. */
  organizationIds: string[]
}

const REASON = 'It is being erased.'

/**
 * Writes that an erasure has begun, shuts its organizations to everybody and sends the job. From here on it goes on until it is done.
 * @throws HoldfastError `conflict` when one of them is being erased already
 */
export const beginErasure = async (uow: UnitOfWorkContext, request: ErasureRequest): Promise<string> => {
  const { tx } = uow
  const { kind, user, organizationIds, actorId } = request
  await refuseSecond(uow, request)
  const id = randomUUIDv7()
  await tx
    .insertInto('erasures')
    .values({
      id,
      kind,
      requested_by: request.requestedBy,
      token_hash: request.tokenHash,
      user_id: user?.id ?? null,
      email: user?.email.toLowerCase() ?? null,
      organization_ids: organizationIds,
    })
    .execute()
  await sql`
    update organizations set state = 'suspended', state_reason = ${REASON} where id = any(${organizationIds}::uuid[])
  `.execute(tx)
  for (const organizationId of organizationIds) {
    uow.policy({ kind: 'organization.changed', organizationId })
    await tellGateways(uow, organizationId, { forGood: true })
    uow.record({ kind: 'erasure.requested', organizationId, actorId, subject: organizationId, payload: {} })
  }
  if (user !== null) {
    uow.policy({ kind: 'user.changed', userId: user.id })
    uow.record({ kind: 'erasure.requested', organizationId: null, actorId, subject: user.id, payload: {} })
  }
  uow.send('erase', { erasureId: id })
  return id
}

const refuseSecond = async ({ tx }: UnitOfWorkContext, { user, organizationIds }: ErasureRequest): Promise<void> => {
  await sql`select pg_advisory_xact_lock(hashtext('holdfast erasures'))`.execute(tx)
  const { rows } = await sql`
    select from erasures where finished_at is null
      and (organization_ids && ${organizationIds}::uuid[] or user_id = ${user?.id ?? null}::uuid) limit 1
  `.execute(tx)
  if (rows.length > 0) throw new HoldfastError('conflict', { detail: 'It is being erased already.' })
}
