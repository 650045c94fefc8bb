import { randomUUIDv7 } from 'node:crypto'
import type { BlockStore } from '@packages/content/block-store/block-store'
import { importFile } from '@packages/content/unixfs/import-file'
import {
  DEFAULT_IMPORT_PROFILE,
  type ImportProfile,
  type ImportProfileName,
  importProfiles,
} from '@packages/content/unixfs/import-profile'
import { IdempotencyConflict } from '@packages/db/idempotency'
import type { CommittedIngest, IngestCommitter, IngestItem } from '@packages/db/ingest-committer'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { canonicalCid } from '@packages/shared/cid'
import type { Actor } from '../../authorization/actor.ts'
import type { Idempotency, IdempotencyClaim } from '../../plugins/idempotency/idempotency.ts'
import { contentTypeOf } from './content-type.ts'
import { limitedBytes } from './limited-bytes.ts'
import type { MultipartPart } from './multipart/read-multipart.ts'
import { presentUploadedFile, type UploadedFile } from './presenter.ts'
import { invalidField, readUploadForm } from './read-upload-form.ts'

export type UploadFileDeps = {
  store: Pick<BlockStore, 'beginUpload' | 'settle'>
  committer: Pick<IngestCommitter, 'commit'>
  idempotency: Pick<Idempotency, 'fingerprint'>
  /** The node that this store is, in `nodes`. */
  nodeId: string
  limits: { uploadMaxBytes: number }
}

export type UploadRequest = {
  parts: AsyncIterable<MultipartPart>
  signal: AbortSignal
  /** Of the request's Idempotency-Key, when it has one. */
  claim?: IdempotencyClaim
}

export type UploadReply = { body: UploadedFile; replayed: boolean }

export const REALM = 'public'
export const UPLOADED = 201

/**
 * Takes a file in: its blocks go to the store as they come, become durable, then one transaction writes the rows; only
 * then is anything answered. Whatever fails before leaves nothing that is listed or served.
 * The caller has been authorized and the upload admitted.
 */
export const uploadFile = async (deps: UploadFileDeps, actor: Actor, request: UploadRequest): Promise<UploadReply> => {
  const contentId = randomUUIDv7()
  const upload = deps.store.beginUpload({ realm: REALM, contentId, signal: request.signal, trusted: true })
  try {
    const form = await readUploadForm(request.parts, (bytes, profile) =>
      importFile(limitedBytes(bytes, deps.limits.uploadMaxBytes), {
        sink: upload,
        profile: profileOf(profile),
        signal: request.signal,
      }),
    )
    const { root, size } = form.file
    const contentType = contentTypeOf(form.contentType, form.name)
    const file = { id: randomUUIDv7(), name: form.name, contentType, size, metadata: form.metadata }
    // The CID is a hash of every byte, so that a keyed upload costs no second one.
    const fingerprint = deps.idempotency.fingerprint([root.toString(), file.name, contentType, file.metadata])
    const earlier = request.claim?.replay(fingerprint)
    if (earlier !== undefined) return { body: earlier.body as UploadedFile, replayed: true }
    const { dagSize, blocks } = await upload.commit(root)
    const committed = await commitRows(deps, {
      organizationId: actor.organizationId,
      userId: actor.userId,
      contentId,
      realm: REALM,
      cid: root.toString(),
      canonicalCid: canonicalCid(root),
      dagSize,
      blocks,
      nodeId: deps.nodeId,
      file,
      pin: { id: randomUUIDv7() },
      ...(request.claim === undefined
        ? {}
        : { idempotency: { ...request.claim.identity, fingerprint, status: UPLOADED, body: bodyOf } }),
    })
    return { body: bodyOf(committed), replayed: false }
  } finally {
    await upload.abort()
  }
}

const bodyOf = ({ file, pin }: Pick<CommittedIngest, 'file' | 'pin'>) => presentUploadedFile(file, pin)

/**
 * After a refusal the committer has seen to the root. After any other failure the rows may or may not be there: the
 * orphan collector finds out in peace, once the upload counts as in flight no more.
 */
const commitRows = async (deps: UploadFileDeps, item: IngestItem): Promise<CommittedIngest> => {
  try {
    return await deps.committer.commit(item)
  } catch (error) {
    // A racing request with the same key was first: its reply is there for the next try.
    if (error instanceof IdempotencyConflict)
      throw new HoldfastError('request_in_flight', { headers: { 'retry-after': '1' }, cause: error })
    throw error
  } finally {
    deps.store.settle(item.contentId)
  }
}

const profileOf = (name: string | undefined): ImportProfile => {
  const known = Object.keys(importProfiles)
  if (name !== undefined && !known.includes(name)) throw invalidField('profile', `must be one of ${known.join(', ')}`)
  return importProfiles[(name ?? DEFAULT_IMPORT_PROFILE) as ImportProfileName]
}
