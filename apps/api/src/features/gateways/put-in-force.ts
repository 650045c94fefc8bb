import type { Database } from '@packages/db/open-database'
import { lockGateway, readOpenGateways } from '@packages/db/open-gateways'
import { waitForGateways } from '@packages/db/policy-log'
import type { UnitOfWorkContext } from '@packages/db/unit-of-work'
import type { EventKind } from '@packages/shared/events'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { isUuid } from '@packages/shared/ids'
import type { Actor } from '../../authorization/actor.ts'
import type { GatewayChanges } from '../../gateway-changes.ts'
import { type GatewayRow, listGatewayRows } from './repository.ts'

export type ChangeGatewayDeps = {
  db: Pick<Database, 'kysely' | 'unitOfWork'>
  changes: Pick<GatewayChanges, 'take'>
}

/** `followed`: in force in every worker. False: some follow in a moment. */
export type Changed<T> = { result: T; followed: boolean }

type Told = { kind: EventKind; payload: Record<string, unknown> }

const FOLLOW_MS = 2_000

/**
 * Changes a gateway of the caller's organization and tells all workers what it is now, whole, one change after another. The caller was authorized.
 * @throws HoldfastError `not_found`, for another organization's as well
 */
export const changeInForce = async <T>(
  { db }: Pick<ChangeGatewayDeps, 'db'>,
  { organizationId, userId }: Actor,
  id: string,
  change: (uow: UnitOfWorkContext) => Promise<Told & { result: T }>,
): Promise<Changed<T>> => {
  if (!isUuid(id)) throw new HoldfastError('not_found')
  const { result, policyPosition } = await db.unitOfWork.run(async (uow) => {
    const { name } = await rowOf(uow.tx, organizationId, id)
    await lockGateway(uow.tx, { name, organizationId })
    const gateway = await rowOf(uow.tx, organizationId, id)
    const { kind, payload, ...made } = await change(uow)
    const [now] = await readOpenGateways(uow.tx, { id })
    uow.policy({ kind: 'gateway.changed', name: gateway.name, gateway: now?.[1] ?? null })
    uow.record({ kind, organizationId, actorId: userId, subject: id, payload: { name: gateway.name, ...payload } })
    return made.result
  })
  return { result, followed: await isFollowed(db, policyPosition) }
}

export const isFollowed = async (
  { kysely }: Pick<Database, 'kysely'>,
  position: Parameters<typeof waitForGateways>[1] | undefined,
): Promise<boolean> => position === undefined || waitForGateways(kysely, position, FOLLOW_MS)

/** As it is now, also in a transaction that has changed it. */
export const rowOf = async (db: Database['kysely'], organizationId: string, id: string): Promise<GatewayRow> => {
  const [row] = await listGatewayRows(db, organizationId, id)
  if (row === undefined) throw new HoldfastError('not_found')
  return row
}
