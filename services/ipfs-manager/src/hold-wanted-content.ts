import type { BlockStore } from '@packages/content/block-store/block-store'
import { condemnRoots } from '@packages/db/condemn-roots'
import type { Database } from '@packages/db/open-database'
import { parseCid } from '@packages/shared/cid'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { confirmReplica } from './confirm-replica.ts'

export type HoldWantedDeps = {
  db: Pick<Database, 'kysely' | 'unitOfWork'>
  store: Pick<BlockStore, 'adoptRoot' | 'hasRoot' | 'settle' | 'measure'>
  nodeId: string
}

/**
 * Looks whether wanted content has come into the store meanwhile, as a part of something else, and if so holds it: a
 * root of its own first, then its rows (`confirmReplica`).
 * @returns whether the content is held now
 */
export const holdWantedContent = async (deps: HoldWantedDeps, contentId: string): Promise<boolean> => {
  const row = await contentRow(deps, contentId)
  if (row?.state !== 'wanted') return row?.state === 'held'
  const cid = parseCid(row.cid)
  const { realm } = row
  const { nodeId } = deps
  const root = deps.store.hasRoot(contentId) ? 'here' : await adopt(deps, { realm, contentId, cid })
  // Whoever takes the root at the same time writes the rows, too; they may be there by now.
  if (root === 'taken by another') return (await contentRow(deps, contentId))?.state === 'held'
  if (root === 'not held') return false
  try {
    const size = await deps.store.measure({ realm, cid })
    if (size === undefined) return false
    const { result } = await deps.db.unitOfWork.run((uow) =>
      confirmReplica(uow, { contentId, nodeId, isForeign: false, dagSize: size.bytes, blocks: size.blocks }),
    )
    if (result === 'gone')
      await deps.db.unitOfWork.run((uow) => condemnRoots(uow, [{ contentId, realm, cid: row.cid }], 'orphan'))
    return result === 'held'
  } finally {
    deps.store.settle(contentId)
  }
}

const contentRow = ({ db }: HoldWantedDeps, contentId: string) =>
  db.kysely.selectFrom('contents').select(['cid', 'realm', 'state']).where('id', '=', contentId).executeTakeFirst()

const adopt = async (
  { store }: HoldWantedDeps,
  root: Parameters<BlockStore['adoptRoot']>[0],
): Promise<'here' | 'not held' | 'taken by another'> => {
  try {
    return (await store.adoptRoot(root)) ? 'here' : 'not held'
  } catch (error) {
    if (error instanceof HoldfastError && error.code === 'conflict') return 'taken by another'
    throw error
  }
}
