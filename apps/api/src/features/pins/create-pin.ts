import { randomUUIDv7 } from 'node:crypto'
import type { BlockStore } from '@packages/content/block-store/block-store'
import { IdempotencyConflict } from '@packages/db/idempotency'
import type { Database } from '@packages/db/open-database'
import { canonicalCid, parseCid } from '@packages/shared/cid'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { condemnRoots } from '@services/ipfs-manager/condemn-roots'
import { type HoldWantedDeps, holdWantedContent } from '@services/ipfs-manager/hold-wanted-content'
import type { Actor } from '../../authorization/actor.ts'
import { authorize } from '../../authorization/authorize.ts'
import type { RecordReply } from '../../plugins/idempotency/idempotent.ts'
import { checkMetadata } from '../../values/metadata.ts'
import { type AdoptedRoot, insertPin } from './insert-pin.ts'
import { type PresentedPin, presentPin } from './presenter.ts'
import { findLiveContent } from './repository.ts'
import type { NewPin } from './schemas.ts'

export type CreatePinDeps = HoldWantedDeps & {
  db: Pick<Database, 'kysely' | 'unitOfWork'>
  store: Pick<BlockStore, 'adoptRoot' | 'hasRoot' | 'settle' | 'measure'>
  /** The node that this store is, in `nodes`. */
  nodeId: string
}

type CID = ReturnType<typeof parseCid>

export type CreatedPin = { status: 201 | 202; body: PresentedPin }

const REALM = 'public'

/**
 * Pins a CID. What is held here, as a root or as a part of one, is pinned at once (201); anything else stays queued
 * and says why (202).
 * @throws HoldfastError `invalid_cid`, `unsupported_cid`, `invalid_metadata`, `quota_exceeded`
 */
export const createPin = async (
  deps: CreatePinDeps,
  actor: Actor | null,
  text: string,
  given: NewPin,
  record: RecordReply,
): Promise<CreatedPin> => {
  authorize(actor, 'pins:write', {})
  const cid = parseCid(text)
  const meta = given.meta === undefined ? {} : checkMetadata(given.meta, 'meta')
  const live = await findLiveContent(deps.db.kysely, canonicalCid(cid))
  if (live?.state === 'wanted') await holdWantedContent(deps, live.id)
  const adopted = live === undefined ? await adopt(deps, cid) : undefined
  try {
    const { result } = await deps.db.unitOfWork.run(async (uow) => {
      const pin = await insertPin(uow, {
        organizationId: actor.organizationId,
        userId: actor.userId,
        realm: REALM,
        cid: text,
        canonical: canonicalCid(cid),
        name: given.name ?? null,
        meta,
        nodeId: deps.nodeId,
        adopted,
      })
      const reply: CreatedPin = { status: pin.status === 'pinned' ? 201 : 202, body: presentPin(pin) }
      await record(uow.tx, { ...reply, subject: pin.id })
      return reply
    })
    return result
  } catch (error) {
    if (adopted !== undefined && isRefusal(error)) await giveBack(deps, adopted, cid)
    throw error
  } finally {
    if (adopted !== undefined) deps.store.settle(adopted.contentId)
  }
}

/** Takes a root of our own on a DAG that is held as a part of something: it stays whole whoever else lets it go. */
const adopt = async ({ store }: CreatePinDeps, cid: CID): Promise<AdoptedRoot | undefined> => {
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
const giveBack = async ({ db }: CreatePinDeps, { contentId }: AdoptedRoot, cid: CID): Promise<void> => {
  await db.unitOfWork.run((uow) => condemnRoots(uow, [{ contentId, realm: REALM, cid: canonicalCid(cid) }], 'orphan'))
}
