import type { InsertedPin } from '@packages/db/pins/insert-pin'
import type { Actor } from '../../authorization/actor.ts'
import { authorize } from '../../authorization/authorize.ts'
import { makePin, type MakePinDeps, type WantedPin } from '../../pinning/make-pin.ts'
import { checkMetadata } from '../../values/metadata.ts'
import { type Delegates, delegatesOf } from './delegates.ts'
import { presentPin } from './presenter.ts'
import type { NewPin, PinStatus } from './schemas.ts'

export type AddPinDeps = MakePinDeps & { delegates: Delegates }

/** What a body asks for; an empty name is none. @throws HoldfastError `invalid_metadata` */
export const wantedPin = ({ cid, name, meta = {}, origins = [] }: NewPin): WantedPin => ({
  cid,
  name: name === undefined || name === '' ? null : name,
  meta: checkMetadata(meta, 'meta'),
  origins,
})

/** As it was just written: nothing of it is degraded. */
export const presentInserted = (pin: InsertedPin, delegates: readonly string[]): PinStatus =>
  presentPin({ ...pin, copies_left: 0 }, delegates)

/** `addPin`: each request is a pin of its own, whatever else pins its CID. @throws HoldfastError `invalid_cid`, `quota_exceeded`, `no_public_node` */
export const addPin = async (deps: AddPinDeps, actor: Actor | null, body: NewPin): Promise<PinStatus> => {
  authorize(actor, 'pins:write', {})
  const delegates = await delegatesOf(deps)
  return presentInserted(await makePin(deps, actor, wantedPin(body)), delegates)
}
