import { removePins } from '@packages/db/remove-pins'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { isUuid } from '@packages/shared/ids'
import type { Actor } from '../../authorization/actor.ts'
import { authorize } from '../../authorization/authorize.ts'
import { makePin } from '../../pinning/make-pin.ts'
import { type AddPinDeps, presentInserted, wantedPin } from './add-pin.ts'
import { delegatesOf } from './delegates.ts'
import { type PinToReplace, pinToReplace, requireUnchanged } from './pin-to-replace.ts'
import type { NewPin, PinStatus } from './schemas.ts'

/**
 * `replacePinByRequestId`: one pin comes and another goes in one transaction, in this order: what both hold is pinned at every moment.
 * Of what this API can say nothing is inherited; its group, its wish for copies and its end stay. With the same CID it renames, and fetches nothing.
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
  let old: PinToReplace | undefined
  const pin = await makePin(deps, actor, wantedPin(body), {
    before: async ({ tx }) => {
      old = await pinToReplace(tx, organizationId, id)
      if (old === undefined) throw new HoldfastError('not_found')
      if (old.has_file) throw new HoldfastError('pin_has_file')
      return { credit: old.refund, ...old.kept }
    },
    after: async (uow) => {
      if (old !== undefined) await requireUnchanged(uow.tx, organizationId, id, old.place)
      await removePins(uow, { organizationId, pinIds: [id], actorId })
    },
  })
  return presentInserted(pin, delegates)
}
