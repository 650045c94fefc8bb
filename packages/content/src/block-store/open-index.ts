import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { checkIndexFile } from './check-index-file.ts'
import { canReadIndex } from './probe-index.ts'
import { rebuildIndex } from './rebuild-index.ts'
import { IndexUnfit, type Recovery, recoverSegments } from './recover-segments.ts'
import { listSegmentFiles } from './segment-path.ts'
import { nextFreeId } from './segment-ids.ts'
import type { SegmentPool } from './segment-pool.ts'
import { StoreCore, type StoreSettings } from './store-core.ts'
import { isNoSpace } from './store-error.ts'
import { type IndexMeta, StoreIndex } from './store-index.ts'
import type { StoreFaults, StoreLogger } from './store-options.ts'

type OpenParts = {
  settings: StoreSettings
  pool: SegmentPool
  logger: StoreLogger
  faults: StoreFaults
  storeId: string
  noSync: boolean
}

/** Opens the index and recovers; an index that cannot be used is rebuilt from the segments, once. */
export const openIndex = async (parts: OpenParts): Promise<{ core: StoreCore; recovery: Recovery }> => {
  const { directory, sliceBlocks } = parts.settings
  try {
    return await openOnce(parts)
  } catch (error) {
    // A full disk is no reason to throw an index away.
    if (isNoSpace(error)) throw error
    parts.logger.warn({ err: error }, 'the index cannot be used and is rebuilt from the segments')
    await rebuildIndex(directory, { logger: parts.logger, sliceBlocks })
    return openOnce(parts)
  }
}

const openOnce = async (parts: OpenParts): Promise<{ core: StoreCore; recovery: Recovery }> => {
  const path = join(parts.settings.directory, 'index')
  const files = await listSegmentFiles(parts.settings.directory)
  const file = await checkIndexFile(path)
  if (file === 'missing' && files.length > 0) throw new IndexUnfit('the index is missing')
  if (file === 'missing') await rm(path, { recursive: true, force: true })
  if (file === 'short' && !(await canReadIndex(path))) throw new IndexUnfit('the index has lost its end')
  const index = new StoreIndex(path, { noSync: parts.noSync })
  try {
    index.environment.readerCheck()
    const core = new StoreCore({ ...parts, index, meta: await readMeta(index, parts, files) })
    core.transaction(() => undefined)
    const recovery = await recoverSegments(core)
    if (recovery.recovered > 0 || recovery.cutBytes > 0 || recovery.dropped.length > 0)
      parts.logger.warn({ ...recovery }, 'the block store was not closed; it has recovered')
    if (recovery.setAside.count > 0)
      parts.logger.error(
        { ...recovery.setAside },
        'the block store holds bytes that no marker speaks for; they are kept',
      )
    return { core, recovery }
  } catch (error) {
    await index.close()
    throw error
  }
}

const readMeta = async (index: StoreIndex, parts: OpenParts, files: readonly number[]): Promise<IndexMeta> => {
  const { storeId } = parts
  const { directory } = parts.settings
  const known = index.meta()
  if (known === undefined) {
    if (files.length > 0) throw new IndexUnfit('the index is empty')
    return { storeId, sequence: 0, nextSegment: await nextFreeId(directory), brokenRoots: 0, layout: 1 }
  }
  if (known.storeId !== storeId || known.layout !== 1) throw new IndexUnfit('the index belongs to another store')
  return { ...known, nextSegment: await nextFreeId(directory, known.nextSegment) }
}
