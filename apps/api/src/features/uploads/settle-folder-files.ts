import type { UploadStaging } from '@packages/content/upload-staging/upload-staging'
import type { Database } from '@packages/db/open-database'
import { openUploadsOfFolder } from './folder-repository.ts'
import { markReceived } from './repository.ts'
import { expiryOf, type UploadClock } from './upload-clock.ts'

export type SettleFolderFilesDeps = { db: Pick<Database, 'kysely'>; staging: UploadStaging; clock: UploadClock }

/** Marks the files whose bytes are whole though a crash kept their rows from saying so. */
export const settleFolderFiles = async (
  { db, staging, clock }: SettleFolderFilesDeps,
  folderId: string,
): Promise<void> => {
  for (const { id, length } of await openUploadsOfFolder(db.kysely, folderId))
    if ((await staging.offsetOf(id)) === length) await markReceived(db.kysely, id, expiryOf(clock))
}
