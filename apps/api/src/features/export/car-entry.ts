import type { BlockSource } from '@packages/content/block-source'
import { exportCar } from '@packages/content/car/export-car'
import { type WhyUnreadable, whyUnreadable } from '@packages/content/dag/why-unreadable'
import type { Tables } from '@packages/db/tables'
import type { Kysely } from 'kysely'
import type { CID } from 'multiformats/cid'
import type { ArchiveEntry } from './tar-archive.ts'

/**
 * The CAR of a root as a file of an archive, or why there is none. A tar says the size before the bytes: the DAG is read twice, and no file is kept meanwhile.
 * What is lost between the two cuts the archive.
 */
export const carEntry = async (
  name: string,
  { blocks, root }: { blocks: BlockSource; root: CID },
  signal: AbortSignal,
): Promise<{ entry: ArchiveEntry } | { why: WhyUnreadable }> => {
  let size = 0
  try {
    for await (const piece of exportCar(blocks, root, { signal })) size += piece.length
  } catch (error) {
    const why = whyUnreadable(error)
    if (why === undefined) throw error
    return { why }
  }
  return { entry: { name, size, bytes: exportCar(blocks, root, { signal }) } }
}

/** What was deleted while an export ran is gone, and not missing. */
export const isHeld = async (kysely: Kysely<Tables>, contentId: string): Promise<boolean> => {
  const held = kysely.selectFrom('contents').where('id', '=', contentId).where('state', '=', 'held').select('id')
  return (await held.executeTakeFirst()) !== undefined
}
