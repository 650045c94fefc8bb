import type { Database } from '@packages/db/open-database'
import { removePins } from '@packages/db/remove-pins'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { isUuid } from '@packages/shared/ids'
import type { Actor } from '../../authorization/actor.ts'
import { authorize } from '../../authorization/authorize.ts'
import { pinToRemove } from './repository.ts'

export type RemovePinDeps = { db: Pick<Database, 'unitOfWork'> }

/** `deletePinByRequestId`. Its bytes follow by a job, when nobody else has them pinned. @throws HoldfastError `not_found`, `pin_has_file` */
export const removePin = async ({ db }: RemovePinDeps, actor: Actor | null, requestId: string): Promise<void> => {
  authorize(actor, 'pins:write', {})
  const id = requestId.toLowerCase()
  if (!isUuid(id)) throw new HoldfastError('not_found')
  const { organizationId, userId: actorId } = actor
  await db.unitOfWork.run(async (uow) => {
    const pin = await pinToRemove(uow.tx, organizationId, id)
    if (pin === undefined) throw new HoldfastError('not_found')
    if (pin.has_file) throw new HoldfastError('pin_has_file')
    await removePins(uow, { organizationId, pinIds: [id], actorId })
  })
}
