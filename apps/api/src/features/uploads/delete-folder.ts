import type { Database } from '@packages/db/open-database'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { Actor } from '../../authorization/actor.ts'
import { authorize } from '../../authorization/authorize.ts'
import { deleteStaged } from './delete-staged.ts'
import { deleteFolders, uploadIdsOfFolder } from './folder-repository.ts'
import { type ReadFolderDeps, requireFolder } from './read-folder.ts'
import type { UploadWork } from './upload-work.ts'

export type DeleteFolderDeps = ReadFolderDeps & {
  db: Pick<Database, 'kysely' | 'unitOfWork'>
  work: Pick<UploadWork, 'isCompleting' | 'locks'>
}

/**
 * Gives a folder up with all its staged bytes; a file that was made of it stays.
 * @throws HoldfastError `not_found`, `conflict` while it is being completed
 */
export const deleteFolder = async (deps: DeleteFolderDeps, actor: Actor | null, text: string): Promise<void> => {
  authorize(actor, 'files:write', {})
  const { db, staging, work } = deps
  const { id, organization_id: organizationId } = await requireFolder(deps, actor, text)
  if (work.isCompleting(id)) throw new HoldfastError('conflict', { detail: 'The folder is being completed.' })
  const uploads = await uploadIdsOfFolder(db.kysely, id)
  await db.unitOfWork.run(async (uow) => {
    await deleteFolders(uow.tx, [id])
    uow.record({
      kind: 'upload.terminated',
      organizationId,
      actorId: actor.userId,
      subject: id,
      payload: { folder: true },
    })
  })
  await deleteStaged(staging, uploads)
}
