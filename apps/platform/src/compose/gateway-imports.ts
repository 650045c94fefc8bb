import type { BlockStore } from '@packages/content/block-store/block-store'
import type { Config } from '@packages/runtime/config'
import type { MinimalLogger } from '@packages/runtime/minimal-logger'
import { importFolderOf } from '../gateway-imports/import-folder.ts'
import { ImportInbox } from '../gateway-imports/import-inbox.ts'

/** Takes what `npm run gateway:import-car` brings while the platform runs. */
export const gatewayImports = (
  { dataDir, gatewayCacheBytes, limits }: Config,
  deps: { store: BlockStore; freeSpace: () => Promise<number>; logger: MinimalLogger },
): ImportInbox =>
  new ImportInbox({
    ...deps,
    folder: importFolderOf(dataDir),
    cacheBytes: gatewayCacheBytes,
    minFreeBytes: limits.minFreeBytes,
  })
