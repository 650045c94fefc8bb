import type { BlockStore, Upload } from '../block-store/block-store.ts'
import type { ImportCarOptions, ImportedRoot } from './imported-car.ts'
import type { CarSurvey, SurveyedRoot } from './survey-car.ts'

/**
 * Makes the roots durable: one as the upload's own, several under a list that holds them until each has its own root.
 * @throws HoldfastError; nothing of them is left then
 */
export const commitRoots = async (
  upload: Pick<Upload, 'commit' | 'beginList'>,
  contentId: string,
  survey: CarSurvey,
  { store, newContentId, signal }: Pick<ImportCarOptions, 'store' | 'newContentId' | 'signal'>,
): Promise<ImportedRoot[]> => {
  const [only] = survey.roots
  const taken: string[] = []
  try {
    if (survey.roots.length === 1 && only !== undefined) {
      await upload.commit(only.cid, { dagSize: only.brought.bytes, blocks: only.brought.blocks })
      taken.push(contentId)
      return [{ cid: only.cid, contentId, ...(await sizeOf(store, only, signal)) }]
    }
    const list = upload.beginList()
    for (const { cid } of survey.roots) await list.add(cid)
    const { added, held } = survey
    await upload.commit(await list.finish(), { dagSize: added.bytes + held.bytes, blocks: added.blocks + held.blocks })
    taken.push(contentId)
    const imported: ImportedRoot[] = []
    for (const root of survey.roots) {
      const own = newContentId()
      if (!(await store.adoptRoot({ realm: 'public', contentId: own, cid: root.cid })))
        throw new Error(`the root ${root.cid} was committed and is not held`)
      taken.push(own)
      imported.push({ cid: root.cid, contentId: own, ...(await sizeOf(store, root, signal)) })
    }
    await giveBack(store, contentId)
    return imported
  } catch (error) {
    for (const one of taken) await giveBack(store, one)
    throw error
  }
}

/** Drops a root that no row tells of; the orphan check finds it when even that fails. */
export const giveBack = async (store: Pick<BlockStore, 'release' | 'settle'>, contentId: string): Promise<void> => {
  try {
    await store.release(contentId)
  } finally {
    store.settle(contentId)
  }
}

const sizeOf = async (
  store: Pick<BlockStore, 'measure'>,
  { cid, brought, isOwn }: SurveyedRoot,
  signal: AbortSignal | undefined,
): Promise<{ dagSize: number; blocks: number }> => {
  if (isOwn) return { dagSize: brought.bytes, blocks: brought.blocks }
  const measured = await store.measure({ realm: 'public', cid, ...(signal === undefined ? {} : { signal }) })
  if (measured === undefined) throw new Error(`the root ${cid} was committed and is not held`)
  return { dagSize: measured.bytes, blocks: measured.blocks }
}
