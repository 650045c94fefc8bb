import { sql } from 'kysely'
import { deleteKeptImport } from '../kept-imports.ts'
import type { Database } from '../open-database.ts'
import { removePins } from '../remove-pins.ts'
import { addCounts, type Erasure, setStep } from './erasure-row.ts'

const BATCH = 500

export type EraseContentsDeps = {
  db: Pick<Database, 'kysely' | 'unitOfWork'>
  /** Takes the bytes of unfinished uploads away; those that are gone already are passed over. */
  removeStaged: (uploadIds: readonly string[]) => Promise<void>
}

/** Takes pins, files, kept imports and unfinished uploads away, in batches; content that nobody else has pinned is given back. */
export const eraseContents = async (deps: EraseContentsDeps, erasure: Erasure): Promise<void> => {
  for (const organizationId of erasure.organizationIds) {
    while (await erasePins(deps, erasure.id, organizationId));
    while (await eraseImports(deps, erasure.id, organizationId));
    while (await eraseUploads(deps, erasure.id, organizationId));
  }
  await setStep(deps.db.kysely, erasure.id, 'rows')
}

const erasePins = async ({ db }: EraseContentsDeps, erasureId: string, organizationId: string): Promise<boolean> => {
  const { result } = await db.unitOfWork.run(async (uow) => {
    const rows = await uow.tx
      .selectFrom('pins')
      .select('id')
      .where('organization_id', '=', organizationId)
      .orderBy('id')
      .limit(BATCH)
      .execute()
    if (rows.length === 0) return false
    const pinIds = rows.map(({ id }) => id)
    // What came in after `collect`, by an upload that was on its way.
    await sql`
      insert into erasure_contents (erasure_id, content_id)
      select distinct ${erasureId}::uuid, content_id from pins where id = any(${pinIds}::uuid[]) on conflict do nothing
    `.execute(uow.tx)
    const { pins, files, releasedContentIds } = await removePins(uow, { organizationId, pinIds, actorId: null })
    await addCounts(uow.tx, erasureId, { pins, files, 'contents released': releasedContentIds.length })
    return true
  })
  return result
}

const eraseImports = async ({ db }: EraseContentsDeps, erasureId: string, organizationId: string): Promise<boolean> => {
  const { result } = await db.unitOfWork.run(async (uow) => {
    const row = await uow.tx
      .selectFrom('incomplete_imports')
      .select('id')
      .where('organization_id', '=', organizationId)
      .executeTakeFirst()
    if (row === undefined) return false
    await sql`
      insert into erasure_contents (erasure_id, content_id) values (${erasureId}::uuid, ${row.id}::uuid) on conflict do nothing
    `.execute(uow.tx)
    const deleted = await deleteKeptImport(uow, { id: row.id, organizationId, actorId: null })
    await addCounts(uow.tx, erasureId, { incomplete_imports: deleted ? 1 : 0 })
    return true
  })
  return result
}

/** The bytes first: a row without bytes is found again, bytes without a row are not. */
const eraseUploads = async (
  { db, removeStaged }: EraseContentsDeps,
  erasureId: string,
  organizationId: string,
): Promise<boolean> => {
  const rows = await db.kysely
    .selectFrom('uploads')
    .select('id')
    .where('organization_id', '=', organizationId)
    .orderBy('id')
    .limit(BATCH)
    .execute()
  if (rows.length === 0) return false
  const ids = rows.map(({ id }) => id)
  await removeStaged(ids)
  await db.kysely.transaction().execute(async (tx) => {
    const { numAffectedRows } = await sql`delete from uploads where id = any(${ids}::uuid[])`.execute(tx)
    await addCounts(tx, erasureId, { uploads: Number(numAffectedRows ?? 0) })
  })
  return true
}
