import type { BlockStore } from '@packages/content/block-store/block-store'
import type { UploadStaging } from '@packages/content/upload-staging/upload-staging'
import type { Database } from '@packages/db/open-database'
import type { MinimalLogger } from '@packages/runtime/minimal-logger'
import type { CompleteFolderDeps } from './complete-folder.ts'
import { OpenUploadCount } from './open-upload-count.ts'
import type { UploadsDeps } from './routes.ts'
import type { UploadClock } from './upload-clock.ts'
import { UploadWork } from './upload-work.ts'

/** What resumable uploads need beyond what all uploads do. */
export type UploadParts = { staging: UploadStaging; clock: UploadClock }

type Given = Pick<CompleteFolderDeps, 'tenantKeys' | 'rootKeys' | 'denied'> &
  Omit<UploadsDeps, 'work' | 'storeId' | 'openCount' | 'db' | 'store'> & {
    db: Pick<Database, 'kysely' | 'unitOfWork'>
    store: Pick<BlockStore, 'id' | 'beginUpload' | 'release' | 'settle' | 'reader'>
    nodeId: string
    committer: ConstructorParameters<typeof UploadWork>[0]['committer']
    logger: MinimalLogger
  }

/** The routes' parts, and the work behind them; start and stop that. */
export const createUploads = (given: Given): UploadsDeps => {
  const storeId = given.store.id
  const work = new UploadWork({ ...given, storeId })
  return { ...given, storeId, work, openCount: new OpenUploadCount(given.db.kysely) }
}
