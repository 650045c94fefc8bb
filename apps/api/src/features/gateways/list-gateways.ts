import type { Database } from '@packages/db/open-database'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { isUuid } from '@packages/shared/ids'
import type { Actor } from '../../authorization/actor.ts'
import { authorize } from '../../authorization/authorize.ts'
import { presentGateway, type PresentedGateway } from './presenter.ts'
import { listGatewayRows } from './repository.ts'

export type ListGatewaysDeps = { db: Pick<Database, 'kysely'> }

/** All gateways of the organization. */
export const listGateways = async (
  { db }: ListGatewaysDeps,
  actor: Actor | null,
): Promise<{ gateways: PresentedGateway[] }> => {
  authorize(actor, 'gateways:read', {})
  return { gateways: (await listGatewayRows(db.kysely, actor.organizationId)).map(presentGateway) }
}

/** @throws HoldfastError `not_found` */
export const getGateway = async (
  { db }: ListGatewaysDeps,
  actor: Actor | null,
  id: string,
): Promise<PresentedGateway> => {
  authorize(actor, 'gateways:read', {})
  const [row] = isUuid(id) ? await listGatewayRows(db.kysely, actor.organizationId, id) : []
  if (row === undefined) throw new HoldfastError('not_found')
  return presentGateway(row)
}
