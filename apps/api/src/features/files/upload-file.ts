import type { Actor } from '../../authorization/actor.ts'
import { type StoreContentDeps, storeContentOnce } from '../../content/store-content.ts'
import type { Idempotency, IdempotencyClaim } from '../../plugins/idempotency/idempotency.ts'
import type { Visibility } from '../../private/visibility.ts'
import type { MultipartPart } from '../../upload-body/multipart/read-multipart.ts'
import { readUploadForm } from '../../upload-form/read-upload-form.ts'
import { presentUploadedFile, type UploadedFile } from './presenter.ts'

export type UploadFileDeps = StoreContentDeps & {
  idempotency: Pick<Idempotency, 'fingerprint'>
}

export type UploadRequest = {
  parts: AsyncIterable<MultipartPart>
  signal: AbortSignal
  /** Of the request's Idempotency-Key, when it has one. */
  claim: IdempotencyClaim | undefined
  /** Of all its files together. */
  maxBytes: number
  visibility: Visibility
  groupId: string | null
}

export const UPLOADED = 201

/** Takes the form of an upload in, a file or a folder. The caller has been authorized and the upload admitted. */
export const uploadFile = (
  deps: UploadFileDeps,
  actor: Actor,
  { parts, signal, claim, maxBytes, visibility, groupId }: UploadRequest,
): Promise<{ body: UploadedFile; replayed: boolean }> =>
  storeContentOnce(
    deps,
    actor,
    {
      signal,
      visibility,
      groupId,
      make: (sink) => readUploadForm(parts, { sink, signal, maxBytes }),
      file: ({ name, contentType, metadata }) => ({ name, contentType, metadata }),
    },
    {
      claim,
      fingerprint: (body) => deps.idempotency.fingerprint(body),
      status: UPLOADED,
      body: ({ file, pin }, { entries }) => presentUploadedFile(file, pin, entries),
    },
  )
