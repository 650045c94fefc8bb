import type { Database } from '@packages/db/open-database'
import { waitForGateways } from '@packages/db/policy-log'
import { removePins } from '@packages/db/remove-pins'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { LogPosition } from '@packages/shared/policy-log'
import type { ReleaseWorker } from '@services/ipfs-manager/release-worker'
import type { Actor } from '../../authorization/actor.ts'
import { authorize } from '../../authorization/authorize.ts'
import { findTenantSeal, type TenantSealDeps } from '../../private/tenant-seal.ts'
import { parseHash } from '../../values/hash-param.ts'
import { pinsOfFiles } from './repository.ts'

export type DeleteFilesDeps = TenantSealDeps & {
  db: Pick<Database, 'kysely' | 'unitOfWork'>
  releases: Pick<ReleaseWorker, 'releaseNow'>
}

/** Rows of one transaction; a CID with more of them is deleted in several. */
const BATCH = 1_000
/** How long a caller waits for the bytes and the gateways to follow. */
const FOLLOW_MS = 1_000

export type DeletedFiles = {
  deleted: number
  /** True: nothing serves them any more and unshared bytes are given back. False: that follows in a moment. */
  followed: boolean
}

/** Deletes all the organization's files of a CID, or the one of an id, with their pins. @throws `not_found` */
export const deleteFiles = async (deps: DeleteFilesDeps, actor: Actor | null, text: string): Promise<DeletedFiles> => {
  authorize(actor, 'files:write', {})
  const { organizationId, userId: actorId } = actor
  const hash = parseHash(text)
  const hidden = hash.kind === 'cid' ? ((await findTenantSeal(deps, organizationId)) ?? null) : null
  const releasedIds: string[] = []
  let position: LogPosition | undefined
  let deleted = 0
  for (let more = true; more; ) {
    const { result, policyPosition } = await deps.db.unitOfWork.run(async (uow) => {
      const pinIds = await pinsOfFiles(uow.tx, organizationId, hash, BATCH, hidden)
      const removed = await removePins(uow, { organizationId, pinIds, actorId })
      return { ...removed, full: pinIds.length === BATCH }
    })
    deleted += result.files
    releasedIds.push(...result.releasedContentIds)
    position = policyPosition ?? position
    more = result.full
  }
  if (deleted === 0) throw new HoldfastError('not_found')
  const [released, told] = await Promise.all([
    deps.releases.releaseNow(releasedIds, FOLLOW_MS),
    position === undefined ? true : waitForGateways(deps.db.kysely, position, FOLLOW_MS),
  ])
  return { deleted, followed: released && told }
}
