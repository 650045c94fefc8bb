import { randomUUIDv7 } from 'node:crypto'
import { lockSubject } from '@packages/db/lock-subject'
import { lockGateway, readOpenGateways } from '@packages/db/open-gateways'
import { isUniqueViolation } from '@packages/db/postgres-errors'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { Actor } from '../../authorization/actor.ts'
import { authorize } from '../../authorization/authorize.ts'
import type { RecordReply } from '../../plugins/idempotency/idempotent.ts'
import { columnsOf } from './change-gateway.ts'
import { presentGateway, type PresentedGateway } from './presenter.ts'
import { type ChangeGatewayDeps, type Changed, isFollowed, rowOf } from './put-in-force.ts'
import type { NewGateway } from './schemas.ts'

/** Each is held in memory by every worker. */
export const MAX_GATEWAYS = 50

/** Makes a gateway of the caller's organization. @throws HoldfastError `already_exists` for a name that any organization has, `quota_exceeded`, `rate_limited` */
export const createGateway = async (
  { db, changes }: ChangeGatewayDeps,
  actor: Actor | null,
  { name, ...settings }: NewGateway,
  recordReply: RecordReply,
): Promise<Changed<PresentedGateway>> => {
  authorize(actor, 'gateways:write', {})
  const { organizationId, userId } = actor
  await changes.take(organizationId)
  const id = randomUUIDv7()
  const { result, policyPosition } = await db.unitOfWork
    .run(async (uow) => {
      await lockSubject(uow.tx, `gateways of ${organizationId}`)
      await lockGateway(uow.tx, { name, organizationId })
      const { count } = await uow.tx
        .selectFrom('gateways')
        .select((of) => of.fn.countAll<number>().as('count'))
        .where('organization_id', '=', organizationId)
        .executeTakeFirstOrThrow()
      if (count >= MAX_GATEWAYS)
        throw new HoldfastError('quota_exceeded', { detail: `An organization has ${MAX_GATEWAYS} gateways at most.` })
      await uow.tx
        .insertInto('gateways')
        .values({ id, organization_id: organizationId, name, ...columnsOf(settings) })
        .execute()
      const [now] = await readOpenGateways(uow.tx, { id })
      uow.policy({ kind: 'gateway.changed', name, gateway: now?.[1] ?? null })
      uow.record({ kind: 'gateway.created', organizationId, actorId: userId, subject: id, payload: { name } })
      const row = await rowOf(uow.tx, organizationId, id)
      await recordReply(uow.tx, { status: 201, body: presentGateway(row), subject: id })
      return row
    })
    .catch((error: unknown) => {
      if (isUniqueViolation(error, 'gateways_name_key'))
        throw new HoldfastError('already_exists', { detail: 'A gateway has this name.' })
      throw error
    })
  return { result: presentGateway(result), followed: await isFollowed(db, policyPosition) }
}
