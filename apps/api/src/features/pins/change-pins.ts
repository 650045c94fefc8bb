import type { Database } from '@packages/db/open-database'
import { changeExpiry } from '@packages/db/pins/change-expiry'
import { changeReplication } from '@packages/db/pins/change-replication'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { Actor } from '../../authorization/actor.ts'
import { authorize } from '../../authorization/authorize.ts'
import { parseHash } from '../../values/hash-param.ts'
import { pinsToChange } from './repository.ts'
import type { PinChange } from './schemas.ts'

export type ChangePinsDeps = { db: Pick<Database, 'kysely' | 'unitOfWork'> }

/** Rows of one transaction; a CID with more of them is changed in several. */
const BATCH = 1_000

/**
 * Gives the organization's pins of a CID, or the one with this requestid, another policy of copies, another end, or both.
 * @throws HoldfastError `quota_exceeded` for more than the plan allows, `not_in_private`, `not_found`
 */
export const changePins = async (
  { db }: ChangePinsDeps,
  actor: Actor | null,
  text: string,
  { replication: wish, expiresAt }: PinChange,
): Promise<{ changed: number }> => {
  authorize(actor, 'pins:write', {})
  const { organizationId, userId: actorId } = actor
  const hash = parseHash(text)
  let changed = 0
  for (let after: string | undefined = '00000000-0000-0000-0000-000000000000'; after !== undefined; ) {
    const pins: { id: string; is_private: boolean }[] = await pinsToChange(db.kysely, organizationId, hash, {
      after,
      limit: BATCH,
    })
    if (wish !== undefined && pins.some((pin) => pin.is_private))
      throw new HoldfastError('not_in_private', { detail: 'A private file has one copy, in the own store.' })
    const pinIds = pins.map(({ id }) => id)
    if (pins.length > 0) {
      const of = { organizationId, actorId, pinIds }
      const { result } = await db.unitOfWork.run(async (uow) => {
        const settled = wish === undefined ? 0 : await changeReplication(uow, { ...of, wish })
        return expiresAt === undefined ? settled : await changeExpiry(uow, { ...of, expiresAt })
      })
      changed += result
    }
    after = pins.length === BATCH ? pinIds.at(-1) : undefined
  }
  if (changed === 0) throw new HoldfastError('not_found')
  return { changed }
}
