import { randomUUIDv7 } from 'node:crypto'
import { importProfileOf } from '@packages/content/unixfs/import-parameters'
import type { Database } from '@packages/db/open-database'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { Actor } from '../../authorization/actor.ts'
import { authorize } from '../../authorization/authorize.ts'
import { requireGroup } from '../../pinning/find-group.ts'
import type { RecordReply } from '../../plugins/idempotency/idempotent.ts'
import type { TenantSealDeps } from '../../private/tenant-seal.ts'
import { chooseVisibility, type ChooseVisibilityDeps } from '../../private/visibility.ts'
import { invalidField } from '../../upload-form/invalid-field.ts'
import { checkName } from '../../values/file-name.ts'
import { checkMetadata } from '../../values/metadata.ts'
import { admitLength, type AdmitLengthDeps } from './admit-length.ts'
import { checkFolderTree } from './check-folder-tree.ts'
import { countOpenFolders, type FolderEntry, insertFolder } from './folder-repository.ts'
import type { NewFolderBody } from './folder-schemas.ts'
import { keepFolderNames } from './kept-names.ts'
import { expiryOf, type UploadClock } from './upload-clock.ts'
import { encodeUploadId } from './upload-id.ts'

export type CreateFolderDeps = AdmitLengthDeps &
  ChooseVisibilityDeps &
  TenantSealDeps & {
    db: Pick<Database, 'kysely' | 'unitOfWork'>
    storeId: string
    clock: UploadClock
  }

/** Each may have 100,000 entries, which are rows. */
const MAX_OPEN_FOLDERS = 16

/**
 * Begins a folder: what it will hold, all of it checked before a byte is sent.
 * @throws HoldfastError `invalid_path` naming the path, `invalid_name`, `invalid_metadata`, `invalid_request`,
 *   `payload_too_large`, `insufficient_storage`, `quota_exceeded`, `rate_limited` for too many open folders,
 *   `not_found` for the group
 */
export const createFolder = async (
  deps: CreateFolderDeps,
  actor: Actor | null,
  given: NewFolderBody,
  record: RecordReply,
): Promise<{ id: string }> => {
  authorize(actor, 'files:write', {})
  const { name, entries: givenEntries, metadata = {}, wrap = false, visibility, group, ...parameters } = given
  const given_ = Object.fromEntries(Object.entries(parameters).filter(([, value]) => value !== undefined))
  importProfileOf(given_)
  const id = randomUUIDv7()
  if (group !== undefined) await requireGroup(deps.db.kysely, actor.organizationId, group)
  const chosen = await chooseVisibility(deps, actor.organizationId, visibility)
  const checked = { name: checkName(name, 'name'), metadata: checkMetadata(metadata) }
  const kept = { id, organizationId: actor.organizationId, hidden: chosen === 'private' }
  const folder = {
    id,
    storeId: deps.storeId,
    organizationId: actor.organizationId,
    userId: actor.userId,
    ...(await keepFolderNames(deps, kept, checked)),
    parameters: given_,
    wrap,
    visibility: chosen,
    groupId: group ?? null,
    expiresAt: expiryOf(deps.clock),
  }
  const entries = givenEntries.map(entryOf)
  checkFolderTree(entries)
  await admitLength(
    deps,
    actor.organizationId,
    entries.reduce((sum, { size }) => sum + (size ?? 0), 0),
  )
  if ((await countOpenFolders(deps.db.kysely, actor.organizationId)) >= MAX_OPEN_FOLDERS)
    throw new HoldfastError('rate_limited', {
      detail: `An organization may have ${MAX_OPEN_FOLDERS} open folders: complete or delete some of them.`,
      headers: { 'retry-after': '60' },
    })
  const reply = { id: encodeUploadId(deps.storeId, folder.id) }
  await deps.db.unitOfWork.run(async (uow) => {
    await insertFolder(uow.tx, folder, entries)
    await record(uow.tx, { status: 201, body: reply, subject: folder.id })
    uow.record({
      kind: 'upload.created',
      organizationId: actor.organizationId,
      actorId: actor.userId,
      subject: folder.id,
      payload: { folder: true, entries: entries.length },
    })
  })
  return reply
}

const entryOf = ({ path, kind = 'file', size }: NewFolderBody['entries'][number], index: number): FolderEntry => {
  if (kind === 'directory') {
    if (size !== undefined && size !== 0) throw invalidField(`entries.${index}.size`, 'a directory has no bytes')
    return { path: path.endsWith('/') ? path.slice(0, -1) : path, kind, size: null }
  }
  if (size === undefined) throw invalidField(`entries.${index}.size`, 'is missing')
  return { path, kind, size }
}
