import type { BlockSink } from '@packages/content/block-source'
import { importProfileOf } from '@packages/content/unixfs/import-parameters'
import type { ImportProfile } from '@packages/content/unixfs/import-profile'
import { MULTIPART_LIMITS, type MultipartLimits, type MultipartPart } from '../upload-body/multipart/read-multipart.ts'
import type { Metadata } from '../values/metadata.ts'
import { FormContent, type MadeFromForm } from './form-content.ts'
import { FormFields } from './form-fields.ts'

/** What a form may hold: a folder of 100,000 files and directories. */
export const FORM_LIMITS: MultipartLimits = { ...MULTIPART_LIMITS, files: 100_000 }

export type UploadForm = MadeFromForm & { metadata: Metadata; profile: ImportProfile }

export type ReadFormOptions = { sink: BlockSink; signal: AbortSignal; maxBytes: number }

/**
 * Reads the form of an upload into a sink: parts `file`, and the fields `name`, `metadata` (JSON), `wrap` and the import
 * parameters, each at most once, in any order, except that the parameters decide how files are cut and so come before
 * the first of them. Files are never held here.
 * @throws HoldfastError `missing_file`, `invalid_name`, `invalid_path`, `invalid_metadata`, `invalid_multipart`,
 *   `unknown_field`, `payload_too_large`, …
 */
export const readUploadForm = async (
  parts: AsyncIterable<MultipartPart>,
  options: ReadFormOptions,
): Promise<UploadForm> => {
  const fields = new FormFields()
  let profile: ImportProfile | undefined
  let content: FormContent | undefined
  for await (const part of parts) {
    if (part.name === 'file') {
      profile ??= importProfileOf(fields.parameters)
      content ??= new FormContent({ ...options, profile })
      await content.add(part)
    } else await fields.take(part, content !== undefined)
  }
  profile ??= importProfileOf(fields.parameters)
  content ??= new FormContent({ ...options, profile })
  const made = await content.finish(fields)
  return { ...made, metadata: fields.metadata, profile }
}
