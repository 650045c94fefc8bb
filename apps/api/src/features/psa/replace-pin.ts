import { removePins } from '@packages/db/remove-pins'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { isUuid } from '@packages/shared/ids'
import type { Actor } from '../../authorization/actor.ts'
import { authorize } from '../../authorization/authorize.ts'
import { makePin } from '../../pinning/make-pin.ts'
import { type AddPinDeps, presentInserted, wantedPin } from './add-pin.ts'
import { delegatesOf } from './delegates.ts'
import { pinToRemove } from './repository.ts'
import type { NewPin, PinStatus } from './schemas.ts'

/**
 * `replacePinByRequestId`: one pin comes and another goes in one transaction, in this order: what both hold is pinned at every moment.
 * Nothing is inherited. With the same CID it renames, and fetches nothing.
 * @throws HoldfastError `not_found`, `pin_has_file`, `invalid_cid`, `quota_exceeded`, `no_public_node`
 */
export const replacePin = async (
  deps: AddPinDeps,
  actor: Actor | null,
  requestId: string,
  body: NewPin,
): Promise<PinStatus> => {
  authorize(actor, 'pins:write', {})
  const id = requestId.toLowerCase()
  if (!isUuid(id)) throw new HoldfastError('not_found')
  const { organizationId, userId: actorId } = actor
  const delegates = await delegatesOf(deps)
  const pin = await makePin(deps, actor, wantedPin(body), {
    before: async ({ tx }) => {
      const old = await pinToRemove(tx, organizationId, id)
      if (old === undefined) throw new HoldfastError('not_found')
      if (old.has_file) throw new HoldfastError('pin_has_file')
      return { credit: old.refund }
    },
    after: async (uow) => {
      await removePins(uow, { organizationId, pinIds: [id], actorId })
    },
  })
  return presentInserted(pin, delegates)
}
