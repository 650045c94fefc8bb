import type { InsertedPin } from '@packages/db/pins/insert-pin'
import { parseCid } from '@packages/shared/cid'
import type { Actor } from '../../authorization/actor.ts'
import { authorize } from '../../authorization/authorize.ts'
import { makePin, type MakePinDeps } from '../../pinning/make-pin.ts'
import { recordNothing, type RecordReply } from '../../plugins/idempotency/idempotent.ts'
import { checkMetadata } from '../../values/metadata.ts'
import { type PresentedPin, presentPin } from './presenter.ts'
import type { NewPin } from './schemas.ts'

export type CreatePinDeps = MakePinDeps

export type CreatedPin = { status: 201 | 202; body: PresentedPin }

const replyOf = (pin: InsertedPin): CreatedPin => ({
  status: pin.status === 'pinned' ? 201 : 202,
  body: presentPin(pin),
})

/**
 * Pins a CID. What is held here, as a root or as a part of one, is pinned at once (201); anything else stays queued
 * and says why (202).
 * @throws HoldfastError `invalid_cid`, `unsupported_cid`, `content_denied`, `invalid_metadata`, `quota_exceeded`, `not_found` for the group
 */
export const createPin = async (
  deps: CreatePinDeps,
  actor: Actor | null,
  text: string,
  given: NewPin,
  record: RecordReply,
): Promise<CreatedPin> => {
  authorize(actor, 'pins:write', {})
  parseCid(text)
  const meta = given.meta === undefined ? {} : checkMetadata(given.meta, 'meta')
  const wanted = {
    cid: text,
    name: given.name ?? null,
    meta,
    replication: given.replication,
    groupId: given.group ?? null,
    expiresAt: given.expiresAt ?? null,
  }
  const pin = await makePin(deps, actor, wanted, {
    after: record === recordNothing ? undefined : ({ tx }, pin) => record(tx, { ...replyOf(pin), subject: pin.id }),
  })
  return replyOf(pin)
}
