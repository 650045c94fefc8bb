import type { Database } from '@packages/db/open-database'
import { waitForGateways } from '@packages/db/policy-log'
import { removePins } from '@packages/db/remove-pins'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { LogPosition } from '@packages/shared/policy-log'
import type { ReleaseWorker } from '@services/ipfs-manager/release-worker'
import type { Actor } from '../../authorization/actor.ts'
import { authorize } from '../../authorization/authorize.ts'
import { parseHash } from '../../values/hash-param.ts'
import { pinsToDelete } from './repository.ts'

export type DeletePinsDeps = {
  db: Pick<Database, 'kysely' | 'unitOfWork'>
  releases: Pick<ReleaseWorker, 'releaseNow'>
}

/** Rows of one transaction; a CID with more of them is deleted in several. */
const BATCH = 1_000
const FOLLOW_MS = 1_000

/**
 * Deletes the organization's pins of a CID, or the one with this requestid.
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
  const releasedIds: string[] = []
  let position: LogPosition | undefined
  let deleted = 0
  for (let more = true; more; ) {
    const { result, policyPosition } = await db.unitOfWork.run(async (uow) => {
      // Pins with files come first, so that a conflict is met before anything is deleted.
      const pins = await pinsToDelete(uow.tx, organizationId, hash, BATCH)
      if (pins[0]?.has_file)
        throw new HoldfastError('conflict', {
          detail: 'A file hangs on this pin: delete the file, and its pin goes too.',
        })
      const removed = await removePins(uow, { organizationId, pinIds: pins.map((pin) => pin.id), actorId })
      return { ...removed, full: pins.length === BATCH }
    })
    deleted += result.pins
    releasedIds.push(...result.releasedContentIds)
    position = policyPosition ?? position
    more = result.full
  }
  if (deleted === 0) throw new HoldfastError('not_found')
  const [released, told] = await Promise.all([
    releases.releaseNow(releasedIds, FOLLOW_MS),
    position === undefined ? true : waitForGateways(db.kysely, position, FOLLOW_MS),
  ])
  return { deleted, followed: released && told }
}
