import type { UploadStaging } from '@packages/content/upload-staging/upload-staging'
import type { Database } from '@packages/db/open-database'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { Actor } from '../../authorization/actor.ts'
import { authorize } from '../../authorization/authorize.ts'
import { deleteUploads } from './repository.ts'
import { requireUpload, type RequireUploadDeps } from './require-upload.ts'
import type { UploadWork } from './upload-work.ts'

export type TerminateUploadDeps = RequireUploadDeps & {
  db: Pick<Database, 'kysely' | 'unitOfWork'>
  staging: UploadStaging
  work: Pick<UploadWork, 'locks' | 'isFinishing'>
}

/**
 * Gives an upload up: its bytes are removed, its address answers 404. A file that was made of it stays.
 * @throws HoldfastError `not_found`, `upload_gone`, `conflict` while its file is being made
 */
export const terminateUpload = async (deps: TerminateUploadDeps, actor: Actor | null, text: string): Promise<void> => {
  authorize(actor, 'files:write', {})
  const { db, staging, work } = deps
  const { id, organization_id: organizationId } = await requireUpload(deps, actor, text)
  const lock = await work.locks.acquire(id, performance.now())
  try {
    if (work.isFinishing(id)) throw new HoldfastError('conflict', { detail: 'The upload is being finished.' })
    await db.unitOfWork.run(async (uow) => {
      await deleteUploads(uow.tx, [id])
      uow.record({ kind: 'upload.terminated', organizationId, actorId: actor.userId, subject: id, payload: {} })
    })
    await staging.remove(id)
  } finally {
    lock.release()
  }
}
