import { sql } from 'kysely'
import type { UnitOfWorkContext } from './unit-of-work.ts'

export type Root = { contentId: string; realm: string; cid: string }

/**
 * Writes tombstones for roots that no content row owns, with the job that gives their bytes back. A tombstone that was
 * worked off already is opened again: the store that it was worked off on may have come back from a backup.
 * The caller knows that no row owns these roots or will: content ids are never used twice.
 */
export const condemnRoots = async (
  { tx, send }: Pick<UnitOfWorkContext, 'tx' | 'send'>,
  roots: readonly Root[],
  reason: 'orphan' | 'duplicate',
): Promise<void> => {
  if (roots.length === 0) return
  await tx
    .insertInto('tombstones')
    .values(roots.map(({ contentId, realm, cid }) => ({ content_id: contentId, realm, cid, reason })))
    .onConflict((conflict) => conflict.column('content_id').doUpdateSet({ released_at: null, created_at: sql`now()` }))
    .execute()
  send('release-content', { contentIds: roots.map((root) => root.contentId) })
}
