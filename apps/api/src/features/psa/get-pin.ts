import type { Database } from '@packages/db/open-database'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { isUuid } from '@packages/shared/ids'
import type { DeniedContent } from '../../content/denied-content.ts'
import type { Actor } from '../../authorization/actor.ts'
import { authorize } from '../../authorization/authorize.ts'
import { type Delegates, delegatesOf } from './delegates.ts'
import { presentPin } from './presenter.ts'
import { findPin } from './repository.ts'
import type { PinStatus } from './schemas.ts'

export type GetPinDeps = { db: Pick<Database, 'kysely'>; delegates: Delegates; denied: Pick<DeniedContent, 'told'> }

/** `getPinByRequestId`. @throws HoldfastError `not_found`, for another organization's and for what is no id as well; `no_public_node` */
export const getPin = async (deps: GetPinDeps, actor: Actor | null, requestId: string): Promise<PinStatus> => {
  authorize(actor, 'pins:read', {})
  const id = requestId.toLowerCase()
  const pin = isUuid(id) ? await findPin(deps.db.kysely, actor.organizationId, id) : undefined
  if (pin === undefined) throw new HoldfastError('not_found')
  return presentPin({ ...pin, ...deps.denied.told(pin) }, await delegatesOf(deps))
}
