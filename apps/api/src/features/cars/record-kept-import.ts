import { giveBack } from '@packages/content/car/commit-roots'
import type { BlockStore } from '@packages/content/block-store/block-store'
import type { ImportedCar } from '@packages/content/car/import-car'
import { IdempotencyConflict, saveIdempotentReply } from '@packages/db/idempotency'
import { deleteKeptImport, keepImport } from '@packages/db/kept-imports'
import type { Database } from '@packages/db/open-database'
import { canonicalCid } from '@packages/shared/cid'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { Actor } from '../../authorization/actor.ts'
import type { ImportFacts } from './commit-files.ts'
import { type IncompleteCarBody, presentIncompleteCar } from './presenter.ts'

export type KeptImportDeps = {
  db: Pick<Database, 'unitOfWork'>
  store: Pick<BlockStore, 'release' | 'settle'>
  nodeId: string
}

type IncompleteCar = Extract<ImportedCar, { state: 'incomplete' }>

/** Writes the rows of an import that is kept; the one that it continues goes in the same transaction. @throws HoldfastError `quota_exceeded` */
export const recordKeptImport = async (
  deps: KeptImportDeps,
  { kept, report }: IncompleteCar,
  { actor, name, reply, earlierId }: ImportFacts,
): Promise<IncompleteCarBody> => {
  const { organizationId, userId } = actor
  const { missing } = report.survey
  const roots = kept.roots.map(String)
  const row = {
    id: kept.contentId,
    name: name ?? (roots[0] as string),
    roots,
    missing_count: missing.count,
    missing: missing.cids,
    created_at: new Date(),
    dag_size: kept.dagSize,
    blocks: kept.blocks,
    list: canonicalCid(kept.list),
  }
  const body = presentIncompleteCar(row, report, earlierId !== undefined)
  try {
    await deps.db.unitOfWork.run(async (uow) => {
      if (earlierId !== undefined) await deleteKeptImport(uow, { id: earlierId, organizationId, actorId: userId })
      const { id, list } = row
      const { dagSize, blocks } = kept
      await keepImport(uow, {
        id,
        organizationId,
        userId,
        name: row.name,
        list,
        dagSize,
        blocks,
        nodeId: deps.nodeId,
        roots,
        missing,
        createdAt: row.created_at,
      })
      if (reply === undefined) return
      const { claim, fingerprint } = reply
      const stored = { ...claim.identity, fingerprint, status: 202, body: claim.keep(body), subject: id }
      await saveIdempotentReply(uow.tx, stored)
    })
  } catch (error) {
    // Only a refusal says for certain that nothing was committed; the orphan check looks after the rest.
    if (error instanceof HoldfastError || error instanceof IdempotencyConflict)
      await giveBack(deps.store, kept.contentId)
    if (error instanceof IdempotencyConflict)
      throw new HoldfastError('request_in_flight', { headers: { 'retry-after': '1' }, cause: error })
    throw error
  }
  return body
}

/** What was kept is part of something whole now. Somebody else may have deleted it meanwhile. */
export const dropKeptImport = async (
  { db }: Pick<KeptImportDeps, 'db'>,
  { organizationId, userId }: Actor,
  id: string,
): Promise<void> => {
  await db.unitOfWork.run((uow) => deleteKeptImport(uow, { id, organizationId, actorId: userId }))
}
