import { importFile } from '@packages/content/unixfs/import-file'
import {
  DEFAULT_IMPORT_PROFILE,
  type ImportProfile,
  type ImportProfileName,
  importProfiles,
} from '@packages/content/unixfs/import-profile'
import type { Actor } from '../../authorization/actor.ts'
import { type StoreContentDeps, storeContentOnce } from '../../content/store-content.ts'
import type { Idempotency, IdempotencyClaim } from '../../plugins/idempotency/idempotency.ts'
import { limitedBytes } from '../../upload-body/limited-bytes.ts'
import type { MultipartPart } from '../../upload-body/multipart/read-multipart.ts'
import { contentTypeOf } from './content-type.ts'
import { presentUploadedFile, type UploadedFile } from './presenter.ts'
import { invalidField, readUploadForm } from './read-upload-form.ts'

export type UploadFileDeps = StoreContentDeps & {
  idempotency: Pick<Idempotency, 'fingerprint'>
  limits: { uploadMaxBytes: number }
}

export type UploadRequest = {
  parts: AsyncIterable<MultipartPart>
  signal: AbortSignal
  /** Of the request's Idempotency-Key, when it has one. */
  claim: IdempotencyClaim | undefined
}

export const UPLOADED = 201

/** Takes the form of an upload in. The caller has been authorized and the upload admitted. */
export const uploadFile = (
  deps: UploadFileDeps,
  actor: Actor,
  { parts, signal, claim }: UploadRequest,
): Promise<{ body: UploadedFile; replayed: boolean }> =>
  storeContentOnce(
    deps,
    actor,
    {
      signal,
      make: async (sink) => {
        const form = await readUploadForm(parts, (bytes, profile) =>
          importFile(limitedBytes(bytes, deps.limits.uploadMaxBytes), { sink, profile: profileOf(profile), signal }),
        )
        return { ...form.file, form }
      },
      file: ({ form: { name, contentType, metadata } }) => ({
        name,
        contentType: contentTypeOf(contentType, name),
        metadata,
      }),
    },
    {
      claim,
      fingerprint: (body) => deps.idempotency.fingerprint(body),
      status: UPLOADED,
      body: ({ file, pin }) => presentUploadedFile(file, pin),
    },
  )

const profileOf = (name: string | undefined): ImportProfile => {
  const known = Object.keys(importProfiles)
  if (name !== undefined && !known.includes(name)) throw invalidField('profile', `must be one of ${known.join(', ')}`)
  return importProfiles[(name ?? DEFAULT_IMPORT_PROFILE) as ImportProfileName]
}
