import type { Database } from '@packages/db/open-database'
import { waitForGateways } from '@packages/db/policy-log'
import { removePins } from '@packages/db/remove-pins'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { ReleaseWorker } from '@services/ipfs-manager/release-worker'
import type { Actor } from '../../authorization/actor.ts'
import { authorize } from '../../authorization/authorize.ts'
import { parseHash } from '../../values/hash-param.ts'
import { pinsToDelete } from './repository.ts'

export type DeletePinsDeps = {
  db: Pick<Database, 'kysely' | 'unitOfWork'>
  releases: Pick<ReleaseWorker, 'releaseNow'>
}

const MAX_PINS = 10_000
const FOLLOW_MS = 1_000

/**
 * Deletes the organization's pins of a CID, or the one with this requestid, in one transaction.
 * @throws HoldfastError `conflict` when a file hangs on one of them: deleting the file deletes its pin. `not_found`
 */
export const deletePins = async (
  { db, releases }: DeletePinsDeps,
  actor: Actor | null,
  text: string,
): Promise<{ deleted: number; followed: boolean }> => {
  authorize(actor, 'pins:write', {})
  const { organizationId, userId: actorId } = actor
  const hash = parseHash(text)
  const { result, policyPosition } = await db.unitOfWork.run(async (uow) => {
    const pins = await pinsToDelete(uow.tx, organizationId, hash, MAX_PINS)
    if (pins.length === 0) throw new HoldfastError('not_found')
    if (pins[0]?.has_file)
      throw new HoldfastError('conflict', {
        detail: 'A file hangs on this pin: delete the file, and its pin goes too.',
      })
    return removePins(uow, { organizationId, pinIds: pins.map((pin) => pin.id), actorId })
  })
  const [released, told] = await Promise.all([
    releases.releaseNow(result.releasedContentIds, FOLLOW_MS),
    policyPosition === undefined ? true : waitForGateways(db.kysely, policyPosition, FOLLOW_MS),
  ])
  return { deleted: result.pins, followed: released && told }
}
