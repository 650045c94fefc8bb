import { walkDag } from '@packages/content/dag/walk-dag'
import type { Database } from '@packages/db/open-database'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { isUuid } from '@packages/shared/ids'
import type { ReleaseWorker } from '@services/ipfs-manager/release-worker'
import type { Actor } from '../../authorization/actor.ts'
import { authorize } from '../../authorization/authorize.ts'
import { type StoreContentDeps, storeContent } from '../../content/store-content.ts'
import { openPrivateRoot, type OpenPrivateRootDeps } from '../../private/open-private-root.ts'
import { openFileRows } from '../../private/private-rows.ts'
import type { Visibility } from '../../private/visibility.ts'
import { presentUploadedFile, type UploadedFile } from './presenter.ts'
import { findOwnFile, type OwnFile } from './repository.ts'

export type ChangeVisibilityDeps = StoreContentDeps &
  OpenPrivateRootDeps & {
    db: Pick<Database, 'kysely'>
    releases: Pick<ReleaseWorker, 'releaseNow'>
  }

const FOLLOW_MS = 1_000

/**
 * Makes a private file public: its DAG is decrypted and imported into the public realm, under the CID that it always had; the row keeps its id, the
 * private root goes with its key. The other way there is none.
 * @throws HoldfastError `public_is_final`; `conflict` when it was deleted meanwhile; `not_found`, `quota_exceeded`, `insufficient_storage`
 */
export const changeVisibility = async (
  deps: ChangeVisibilityDeps,
  actor: Actor | null,
  { fileId, visibility, signal }: { fileId: string; visibility: Visibility; signal: AbortSignal },
): Promise<UploadedFile> => {
  authorize(actor, 'files:write', {})
  const { organizationId } = actor
  const row = isUuid(fileId) ? await findOwnFile(deps.db.kysely, organizationId, fileId) : undefined
  const [file] = row === undefined ? [] : await openFileRows(deps, organizationId, [row])
  if (row === undefined || file === undefined) throw new HoldfastError('not_found')
  if (file.visibility === visibility) return presentUploadedFile(file, { id: file.pin_id, status: file.pin_status })
  if (visibility === 'private')
    throw new HoldfastError('public_is_final', {
      detail:
        'Whoever knows the CID may have a copy, and copies on the public network cannot be recalled. Upload the file again in private and delete this one; what others took stays with them.',
    })
  return publish(deps, { organizationId, userId: actor.userId }, file, signal)
}

const publish = async (
  deps: ChangeVisibilityDeps,
  actor: { organizationId: string; userId: string },
  file: OwnFile,
  signal: AbortSignal,
): Promise<UploadedFile> => {
  const { organizationId } = actor
  const { content_id: contentId, pin_id: pinId, list, kind, size } = file
  const content = await openPrivateRoot(deps, { organizationId, contentId, list }, { signal })
  const committed = await storeContent(deps, actor, {
    signal,
    visibility: 'public',
    make: async (sink) => {
      for await (const { cid, bytes } of walkDag(content, content.root, { signal })) await sink.put(cid, bytes)
      return { root: content.root, size, kind }
    },
    file: { name: file.original_name, contentType: file.content_type, metadata: file.metadata },
    replaces: { fileId: file.id, pinId, dagSize: file.dag_size ?? 0 },
  })
  await deps.releases.releaseNow([contentId], FOLLOW_MS)
  return presentUploadedFile(committed.file, committed.pin)
}
