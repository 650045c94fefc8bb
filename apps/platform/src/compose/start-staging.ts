import { join } from 'node:path'
import { UploadStaging } from '@packages/content/upload-staging/upload-staging'
import type { Config } from '@packages/runtime/config'
import type { ServiceStack } from '@packages/runtime/service-stack'

/** Where the bytes of resumable uploads wait; the data folder's lock makes it ours alone. */
export const startStaging = (config: Config, stack: ServiceStack): Promise<UploadStaging> =>
  stack.acquire(
    'uploads',
    () => UploadStaging.open({ directory: join(config.dataDir, 'uploads') }),
    (opened) => opened.close(),
  )
