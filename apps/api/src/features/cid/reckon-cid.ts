import { CountingSink } from '@packages/content/unixfs/counting-sink'
import type { ImportProfile } from '@packages/content/unixfs/import-profile'
import { chunkerText } from '@packages/content/unixfs/parse-chunker'
import type { z } from 'zod'
import type { MultipartPart } from '../../upload-body/multipart/read-multipart.ts'
import { readUploadForm } from '../../upload-form/read-upload-form.ts'
import type { parametersSchema, reckonedCidSchema } from './schemas.ts'

export type ReckonCidDeps = { limits: { uploadMaxBytes: number } }

/** What an upload of this form would be called. Nothing is stored. @throws HoldfastError as the upload does */
export const reckonCid = async (
  { limits }: ReckonCidDeps,
  parts: AsyncIterable<MultipartPart>,
  signal: AbortSignal,
): Promise<z.infer<typeof reckonedCidSchema>> => {
  const sink = new CountingSink()
  const made = await readUploadForm(parts, { sink, signal, maxBytes: limits.uploadMaxBytes })
  const { root, kind, name, size, entries, profile } = made
  return {
    cid: root.toString(),
    kind,
    name,
    size,
    ...(entries === undefined ? {} : { entries }),
    blocks: sink.blocks,
    dagSize: sink.bytes,
    parameters: presentParameters(profile),
  }
}

const presentParameters = (profile: ImportProfile): z.infer<typeof parametersSchema> => {
  const { name, chunker, maxLinks, hamtFanout, hamtThreshold, hamtEstimation, cidVersion, rawLeaves } = profile
  return {
    profile: name ?? null,
    chunker: chunkerText(chunker),
    maxLinks,
    hamtFanout,
    hamtThreshold,
    hamtEstimation,
    cidVersion,
    rawLeaves,
  }
}
