import { randomUUIDv7 } from 'node:crypto'
import type { BlockStore } from '@packages/content/block-store/block-store'
import { giveBack } from '@packages/content/car/commit-roots'
import { describeRoot, type RootDescription } from '@packages/content/car/describe-root'
import type { ImportedCar, ImportedRoot } from '@packages/content/car/import-car'
import { IdempotencyConflict } from '@packages/db/idempotency'
import type { CommittedIngest, IngestCommitter, IngestItem } from '@packages/db/ingest-committer'
import type { Database } from '@packages/db/open-database'
import { removePins } from '@packages/db/remove-pins'
import { CODEC_DAG_CBOR, CODEC_DAG_JSON, canonicalCid } from '@packages/shared/cid'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { CID } from 'multiformats/cid'
import type { Actor } from '../../authorization/actor.ts'
import type { IdempotencyClaim } from '../../plugins/idempotency/idempotency.ts'
import { contentTypeOf } from '../../values/content-type.ts'
import { type ImportedCarBody, presentImportedCar } from './presenter.ts'

export type CommitFilesDeps = {
  db: Pick<Database, 'unitOfWork'>
  store: Pick<BlockStore, 'reader' | 'release' | 'settle'>
  committer: Pick<IngestCommitter, 'commit'>
  /** The node that this store is, in `nodes`. */
  nodeId: string
}

export type ImportFacts = {
  actor: Actor
  /** Null: each root is named by its CID. */
  name: string | null
  groupId: string | null
  /** The Idempotency-Key and what it stands for. */
  reply: { claim: Pick<IdempotencyClaim, 'identity' | 'keep'>; fingerprint: Uint8Array } | undefined
  /** The import that was continued. */
  earlierId: string | undefined
}

type WholeCar = Extract<ImportedCar, { state: 'whole' }>

/**
 * Writes the rows of every root, all or none: the first ones, then the last with the reply of the request's key. What a refusal leaves behind is taken
 * away again.
 */
export const commitFiles = async (
  deps: CommitFilesDeps,
  { roots, report }: WholeCar,
  facts: ImportFacts,
): Promise<ImportedCarBody> => {
  const items: IngestItem[] = []
  for (const root of roots) items.push(await itemOf(deps, root, facts))
  const committed: CommittedIngest[] = []
  const bodyWith = (last: Pick<CommittedIngest, 'file' | 'pin'>): ImportedCarBody =>
    presentImportedCar([...committed, last], report, facts.earlierId !== undefined)
  const [lastItem] = items.splice(-1)
  if (lastItem === undefined) throw new Error('an import without roots')
  try {
    await commitAll(deps, items, committed)
    return bodyWith(await deps.committer.commit({ ...lastItem, ...replyOnce(facts.reply, bodyWith) }))
  } catch (error) {
    await takeBack(deps, facts.actor, committed)
    if (committed.length < items.length) await giveBack(deps.store, lastItem.contentId)
    if (error instanceof IdempotencyConflict)
      throw new HoldfastError('request_in_flight', { headers: { 'retry-after': '1' }, cause: error })
    throw error
  }
}

const replyOnce = (
  reply: ImportFacts['reply'],
  bodyWith: (last: Pick<CommittedIngest, 'file' | 'pin'>) => ImportedCarBody,
): Pick<IngestItem, 'idempotency'> => {
  if (reply === undefined) return {}
  const { claim, fingerprint } = reply
  const body = (last: Pick<CommittedIngest, 'file' | 'pin'>) => claim.keep(bodyWith(last))
  return { idempotency: { ...claim.identity, fingerprint, status: 201, body } }
}

const commitAll = async (deps: CommitFilesDeps, items: IngestItem[], committed: CommittedIngest[]): Promise<void> => {
  const outcomes = await Promise.allSettled(items.map((item) => deps.committer.commit(item)))
  for (const outcome of outcomes) if (outcome.status === 'fulfilled') committed.push(outcome.value)
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason
}

const takeBack = async (
  { db }: CommitFilesDeps,
  { organizationId, userId }: Actor,
  committed: CommittedIngest[],
): Promise<void> => {
  if (committed.length === 0) return
  const pinIds = committed.map(({ pin }) => pin.id)
  await db.unitOfWork.run((uow) => removePins(uow, { organizationId, pinIds, actorId: userId }))
}

const DAG_TYPES = new Map<number, string>([
  [CODEC_DAG_CBOR, 'application/vnd.ipld.dag-cbor'],
  [CODEC_DAG_JSON, 'application/vnd.ipld.dag-json'],
])

export const typeOfRoot = (cid: CID, kind: RootDescription['kind'], name: string): string =>
  kind === 'directory' ? 'application/x-directory' : (DAG_TYPES.get(cid.code) ?? contentTypeOf(null, name))

const itemOf = async (
  { store, nodeId }: CommitFilesDeps,
  { cid, contentId, dagSize, blocks }: ImportedRoot,
  { actor, name, groupId }: ImportFacts,
): Promise<IngestItem> => {
  const { kind, size } = await describeRoot(store.reader('public'), cid)
  const given = name ?? cid.toString()
  const contentType = typeOfRoot(cid, kind, given)
  return {
    organizationId: actor.organizationId,
    userId: actor.userId,
    contentId,
    realm: 'public',
    cid: cid.toString(),
    canonicalCid: canonicalCid(cid),
    dagSize,
    blocks,
    nodeId,
    file: { id: randomUUIDv7(), name: given, contentType, size: size ?? dagSize, metadata: {}, kind },
    pin: { id: randomUUIDv7() },
    groupId,
  }
}
