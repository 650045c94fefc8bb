import { randomUUIDv7 } from 'node:crypto'
import type { BlockStore } from '@packages/content/block-store/block-store'
import { condemnRoots } from '@packages/db/condemn-roots'
import { IdempotencyConflict } from '@packages/db/idempotency'
import type { Database } from '@packages/db/open-database'
import { type AdoptedRoot, type InsertedPin, insertPin } from '@packages/db/pins/insert-pin'
import type { UnitOfWorkContext } from '@packages/db/unit-of-work'
import { canonicalCid, parseCid } from '@packages/shared/cid'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { type HoldWantedDeps, holdWantedContent } from '@services/ipfs-manager/hold-wanted-content'
import type { Actor } from '../authorization/actor.ts'

export type MakePinDeps = HoldWantedDeps & {
  db: Pick<Database, 'kysely' | 'unitOfWork'>
  store: Pick<BlockStore, 'adoptRoot' | 'hasRoot' | 'settle' | 'measure'>
  /** The node that this store is, in `nodes`. */
  nodeId: string
}

type CID = ReturnType<typeof parseCid>

export type WantedPin = {
  /** As the caller gave it. */
  cid: string
  name: string | null
  meta: Record<string, unknown>
  origins?: readonly string[]
}

/** What else belongs into the pin's transaction. */
export type MakePinSteps<T> = {
  /** Before the pin is written. @returns bytes that the transaction gives back */
  before?: (uow: UnitOfWorkContext) => Promise<{ credit: number }>
  after: (uow: UnitOfWorkContext, pin: InsertedPin) => Promise<T>
}

const REALM = 'public'

/**
 * Pins a CID for an organization. What is held here, as a root or as a part of one, is pinned at once; anything else is
 * queued and says why.
 * @throws HoldfastError `invalid_cid`, `unsupported_cid`, `quota_exceeded`
 */
export const makePin = async <T>(
  deps: MakePinDeps,
  actor: Actor,
  wanted: WantedPin,
  { before, after }: MakePinSteps<T>,
): Promise<T> => {
  const cid = parseCid(wanted.cid)
  const live = await findLiveContent(deps.db, canonicalCid(cid))
  if (live?.state === 'wanted') await holdWantedContent(deps, live.id)
  const adopted = live === undefined ? await adopt(deps, cid) : undefined
  const { organizationId, userId } = actor
  const row = { ...wanted, organizationId, userId, realm: REALM, canonical: canonicalCid(cid), nodeId: deps.nodeId }
  try {
    const { result } = await deps.db.unitOfWork.run(async (uow) => {
      const { credit } = (await before?.(uow)) ?? { credit: 0 }
      return after(uow, await insertPin(uow, { ...row, adopted, credit }))
    })
    return result
  } catch (error) {
    if (adopted !== undefined && isRefusal(error)) await giveBack(deps, adopted, cid)
    throw error
  } finally {
    if (adopted !== undefined) deps.store.settle(adopted.contentId)
  }
}

/** The live content of a root, as it was a moment ago. */
const findLiveContent = ({ kysely }: Pick<Database, 'kysely'>, canonical: string) =>
  kysely
    .selectFrom('contents')
    .select(['id', 'state'])
    .where('realm', '=', REALM)
    .where('cid', '=', canonical)
    .where('state', '<>', 'released')
    .executeTakeFirst()

/** Takes a root of our own on a DAG that is held as a part of something: it stays whole whoever else lets it go. */
const adopt = async ({ store }: MakePinDeps, cid: CID): Promise<AdoptedRoot | undefined> => {
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

/** Failures that say for certain that nothing was committed. */
const isRefusal = (error: unknown): boolean => error instanceof HoldfastError || error instanceof IdempotencyConflict

/** A refusal is final, and nothing owns the root that was taken for it. */
const giveBack = async ({ db }: MakePinDeps, { contentId }: AdoptedRoot, cid: CID): Promise<void> => {
  await db.unitOfWork.run((uow) => condemnRoots(uow, [{ contentId, realm: REALM, cid: canonicalCid(cid) }], 'orphan'))
}
