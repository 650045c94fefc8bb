import { randomBytes } from 'node:crypto'
import { CODEC_RAW, HASH_IDENTITY } from '@packages/shared/cid'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { CID } from 'multiformats/cid'
import * as Digest from 'multiformats/hashes/digest'
import { decodeBlockList, LIST_CODEC } from '../block-store/block-list.ts'
import { isIdentity, keyToCid } from '../block-store/block-key.ts'
import type { BlockStore, Upload } from '../block-store/block-store.ts'
import { rootTargets } from '../block-store/block-links.ts'
import { CAR_LIMITS } from '../dag/dag-limits.ts'
import { CarGraph } from './car-graph.ts'
import type { CarBlock } from './car-section.ts'
import { commitRoots, giveBack } from './commit-roots.ts'
import type { ImportCarOptions, ImportedRoot, KeptBlocks, KeptImport } from './imported-car.ts'
import { receiveBlocks } from './receive-blocks.ts'
import type { CarSurvey } from './survey-car.ts'

const REALM = 'incomplete'

/** Commits what was brought below the roots. The content id is in flight until it is settled. */
export const keepIncomplete = async (
  upload: Pick<Upload, 'commit' | 'beginList'>,
  { contentId, graph, roots }: { contentId: string; graph: CarGraph; roots: readonly CID[] },
): Promise<KeptImport> => {
  const reached = await graph.walk(roots.flatMap((cid) => rootTargets(cid, 'public')))
  const writer = upload.beginList()
  // Two that keep the same blocks each have a list of their own: a content is one organization's alone here.
  await writer.add(CID.createV1(CODEC_RAW, Digest.create(HASH_IDENTITY, randomBytes(16))))
  for (let index = 0; index < reached.present.length; index++)
    await writer.add(keyToCid(graph.key(reached.present.at(index))))
  const list = await writer.finish()
  const size = { dagSize: reached.bytes, blocks: reached.blocks }
  await upload.commit(list, size)
  return { contentId, list, roots, ...size }
}

/** Every block of a kept import, verified. */
export async function* keptBlocks(
  store: Pick<BlockStore, 'reader'>,
  { list }: Pick<KeptBlocks, 'list'>,
): AsyncGenerator<CarBlock[]> {
  const reader = store.reader(REALM)
  const open = [list]
  for (let cid = open.pop(); cid !== undefined; cid = open.pop()) {
    if (isIdentity(cid)) continue
    const bytes = await reader.get(cid)
    if (bytes === undefined)
      throw new HoldfastError('conflict', {
        detail: 'The import that is to be continued was completed or deleted meanwhile.',
      })
    if (cid.code === LIST_CODEC) open.push(...decodeBlockList(bytes))
    else yield [{ cid, parts: [bytes], length: bytes.length }]
  }
}

/** What was to be kept turned out to be whole: copies it to the realm `public`, and drops what was kept. */
export const moveToPublic = async (
  kept: KeptImport,
  survey: CarSurvey,
  options: ImportCarOptions,
): Promise<ImportedRoot[]> => {
  const { store, newContentId, signal, limits = CAR_LIMITS } = options
  const contentId = newContentId()
  const upload = store.beginUpload({
    realm: 'public',
    contentId,
    trusted: true,
    ...(signal === undefined ? {} : { signal }),
  })
  try {
    await receiveBlocks(keptBlocks(store, kept), { upload, graph: new CarGraph(limits), isFlat: false })
    return await commitRoots(upload, contentId, survey, options)
  } finally {
    await upload.abort()
    await giveBack(store, kept.contentId)
  }
}
