import { canonicalCid } from '@packages/shared/cid'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { CID } from 'multiformats/cid'
import { LIST_CODEC } from '../block-store/block-list.ts'
import { CAR_LIMITS } from '../dag/dag-limits.ts'
import { CarGraph } from './car-graph.ts'
import { commitRoots } from './commit-roots.ts'
import type { CarReport, ImportCarOptions, ImportedCar } from './imported-car.ts'
import { keepIncomplete, keptBlocks, moveToPublic } from './kept-import.ts'
import { readCar } from './read-car.ts'
import { receiveBlocks } from './receive-blocks.ts'
import { type CarSurvey, surveyCar } from './survey-car.ts'

export type { CarReport, ImportCarOptions, ImportedCar, ImportedRoot } from './imported-car.ts'

/**
 * Takes a CAR in: every block is hashed before it is stored, and only DAGs that are whole (with what the store holds already) get roots. Blocks below no
 * root are dropped. Whatever fails leaves nothing.
 * @throws HoldfastError what `readCar` throws; `car_without_roots`; `incomplete_dag` with what is missing, unless it is to be kept; `insufficient_storage`
 */
export const importCar = async (source: AsyncIterable<Uint8Array>, options: ImportCarOptions): Promise<ImportedCar> => {
  const { store, newContentId, incomplete, continues, limits = CAR_LIMITS, signal } = options
  const isFlat = incomplete === 'keep'
  const contentId = newContentId()
  const upload = store.beginUpload({
    realm: isFlat ? 'incomplete' : 'public',
    contentId,
    trusted: true,
    ...(signal === undefined ? {} : { signal }),
  })
  try {
    const graph = new CarGraph(limits)
    const into = { upload, graph, isFlat }
    const car = await readCar(source, { limits, ...(signal === undefined ? {} : { signal }) })
    const roots = rootsOf(car.roots, options)
    if (continues !== undefined) await receiveBlocks(keptBlocks(store, continues), into)
    const received = await receiveBlocks(car.blocks, into)
    const holds = (key: string): boolean => store.holds('public', key)
    const survey = await surveyCar(graph, { roots, holds, limits, ...(signal === undefined ? {} : { signal }) })
    const report: CarReport = { ...received, version: car.version, headerRoots: car.roots, survey }
    if (survey.missing.count > 0 && !isFlat) throw incompleteCar(survey)
    if (!isFlat) return { state: 'whole', roots: await commitRoots(upload, contentId, survey, options), report }
    const kept = await keepIncomplete(upload, { contentId, graph, roots })
    if (survey.missing.count > 0) return { state: 'incomplete', kept, report }
    return { state: 'whole', roots: await moveToPublic(kept, survey, options), report }
  } finally {
    await upload.abort()
  }
}

/** The distinct roots to take: the kept import's, the header's, or the one that the caller names. */
export const rootsOf = (
  header: readonly CID[],
  { continues, root }: Pick<ImportCarOptions, 'continues' | 'root'>,
): CID[] => {
  if (continues === undefined && header.length === 0 && root === undefined)
    throw new HoldfastError('car_without_roots', {
      detail: 'The header lists no roots, so that nothing says what its blocks are. Name one with ?root=<CID>.',
    })
  const given = continues?.roots ?? (header.length > 0 ? header : [root as CID])
  const distinct = [...new Map(given.map((cid) => [canonicalCid(cid), cid])).values()]
  if (distinct.some((cid) => cid.code === LIST_CODEC))
    throw new HoldfastError('unsupported_cid', { detail: 'A root has a codec that cannot be stored.' })
  return distinct
}

export const incompleteCar = ({ missing }: CarSurvey): HoldfastError =>
  new HoldfastError('incomplete_dag', {
    detail: `${missing.count} blocks are missing, neither in the CAR nor held here: send them too, or keep what is there with ?incomplete=keep.`,
    missing,
  })
