import { randomUUIDv7 } from 'node:crypto'
import { blockKey } from '@packages/content/block-store/block-key'
import type { BlockStore } from '@packages/content/block-store/block-store'
import { condemnRoots } from '@packages/db/condemn-roots'
import type { Database } from '@packages/db/open-database'
import type { AdoptedRoot } from '@packages/db/pins/insert-pin'
import { HASH_IDENTITY } from '@packages/shared/cid'
import { type HoldWantedDeps, holdWantedContent } from '@services/ipfs-manager/hold-wanted-content'
import type { CID } from 'multiformats/cid'

export type TakeRootsDeps = HoldWantedDeps & {
  db: Pick<Database, 'kysely' | 'unitOfWork'>
  store: Pick<BlockStore, 'adoptRoot' | 'hasRoot' | 'holds' | 'settle' | 'measure'>
  /** The node that this store is, in `nodes`. */
  nodeId: string
}

/** A root that is to be pinned, and the canonical form of its CID. */
export type AskedRoot = { root: CID; canonical: string }

/** By canonical CID. */
export type TakenRoots = ReadonlyMap<string, AdoptedRoot>

const REALM = 'public'
const AT_ONCE = 16

/**
 * Before CIDs are pinned: what this store holds, but no content row speaks for, gets roots of our own, so that it stays whole whoever else lets it go;
 * wanted content that has come in meanwhile is held. The database is asked about what the store holds alone: most of what is pinned is not here.
 * The caller settles each root when its rows are written.
 */
export const takeRoots = async (deps: TakeRootsDeps, asked: readonly AskedRoot[]): Promise<TakenRoots> => {
  const here = new Map(asked.filter(({ root }) => mayHold(deps, root)).map(({ canonical, root }) => [canonical, root]))
  const taken = new Map<string, AdoptedRoot>()
  if (here.size === 0) return taken
  const live = await liveContents(deps.db, [...here.keys()])
  const take = async ([canonical, root]: [string, CID]): Promise<void> => {
    const content = live.get(canonical)
    if (content?.state === 'wanted') await holdWantedContent(deps, content.id)
    if (content !== undefined) return
    const adopted = await adopt(deps, root)
    if (adopted !== undefined) taken.set(canonical, adopted)
  }
  try {
    const roots = [...here]
    for (let at = 0; at < roots.length; at += AT_ONCE) await Promise.all(roots.slice(at, at + AT_ONCE).map(take))
  } catch (error) {
    for (const { contentId } of taken.values()) deps.store.settle(contentId)
    throw error
  }
  return taken
}

/** Refused: nothing owns the roots that were taken. */
export const giveBackRoots = async ({ db }: Pick<TakeRootsDeps, 'db'>, taken: TakenRoots): Promise<void> => {
  if (taken.size === 0) return
  const roots = [...taken].map(([cid, { contentId }]) => ({ contentId, realm: REALM, cid }))
  await db.unitOfWork.run((uow) => condemnRoots(uow, roots, 'orphan'))
}

/** An identity CID is in no index: it holds itself. */
const mayHold = ({ store }: TakeRootsDeps, root: CID): boolean =>
  root.multihash.code === HASH_IDENTITY || store.holds(REALM, blockKey(root))

/** The live contents of these roots, as they were a moment ago. */
const liveContents = async ({ kysely }: Pick<Database, 'kysely'>, canonicals: readonly string[]) => {
  const rows = await kysely
    .selectFrom('contents')
    .select(['id', 'cid', 'state'])
    .where('realm', '=', REALM)
    .where('cid', 'in', [...canonicals])
    .where('state', '<>', 'released')
    .execute()
  return new Map(rows.map((row) => [row.cid, row]))
}

const adopt = async ({ store }: TakeRootsDeps, root: CID): Promise<AdoptedRoot | undefined> => {
  // What is written of a root holds for both versions of its CID.
  const cid = root.toV1()
  const contentId = randomUUIDv7()
  if (!(await store.adoptRoot({ realm: REALM, contentId, cid }))) return undefined
  try {
    const size = await store.measure({ realm: REALM, cid })
    if (size !== undefined) return { contentId, dagSize: size.bytes, blocks: size.blocks }
  } catch (error) {
    store.settle(contentId)
    throw error
  }
  store.settle(contentId)
  return undefined
}
