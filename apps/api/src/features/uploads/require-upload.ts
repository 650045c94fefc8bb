import type { Database } from '@packages/db/open-database'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { Actor } from '../../authorization/actor.ts'
import { findUploadOf, type UploadRow } from './repository.ts'
import { isExpired, type UploadClock } from './upload-clock.ts'
import { decodeUploadId } from './upload-id.ts'

export type RequireUploadDeps = { db: Pick<Database, 'kysely'>; storeId: string; clock: UploadClock }

/**
 * The organization's upload of this id.
 * @throws HoldfastError `not_found`; `upload_gone` for one that has expired or lies with another store
 */
export const requireUpload = async (
  { db, storeId, clock }: RequireUploadDeps,
  actor: Pick<Actor, 'organizationId'>,
  text: string,
): Promise<UploadRow> => {
  const row = await findUploadOf(db.kysely, actor.organizationId, decodeUploadId(text, storeId))
  if (row === undefined) throw new HoldfastError('not_found')
  if (isExpired(clock, row)) throw new HoldfastError('upload_gone', { detail: 'The upload has expired.' })
  return row
}
