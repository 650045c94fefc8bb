import { z } from 'zod'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { checkName } from '../../values/file-name.ts'
import { checkMetadata } from '../../values/metadata.ts'

const rowSchema = z.object({
  pin: z.object({
    cid: z.string().min(1).max(1_000),
    name: z.string().max(255).nullable(),
    meta: z.record(z.string(), z.unknown()),
  }),
  file: z
    .object({
      original_name: z.string(),
      content_type: z.string().min(1).max(255),
      size: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER),
      metadata: z.record(z.string(), z.unknown()),
      kind: z.enum(['file', 'directory', 'dag']),
    })
    .nullable(),
})

export type ArchivedPin = z.infer<typeof rowSchema>

/** What one content may be called: bounded, for it is held in memory until its CAR is there. */
const MAX_BYTES = 16 * 1024 * 1024
const MAX_ROWS = 10_000

/** The lines about a content, as strictly as if they came one by one. @throws HoldfastError `invalid_request` and what names and metadata throw */
export const readArchivedPins = async (name: string, bytes: AsyncIterable<Uint8Array>): Promise<ArchivedPin[]> => {
  const lines = (await readText(name, bytes)).split('\n').filter((line) => line !== '')
  if (lines.length > MAX_ROWS) throw badArchive(`${name} has more than ${MAX_ROWS} lines`)
  return lines.map((line) => {
    const read = rowSchema.safeParse(parseJson(name, line))
    if (!read.success) throw badArchive(`${name} has a line that is not of an export`)
    const { pin, file } = read.data
    checkMetadata(pin.meta, 'meta')
    if (file !== null) {
      checkName(file.original_name, 'original_name')
      checkMetadata(file.metadata, 'metadata')
    }
    return read.data
  })
}

export const readText = async (name: string, bytes: AsyncIterable<Uint8Array>): Promise<string> => {
  const pieces: Uint8Array[] = []
  let size = 0
  for await (const piece of bytes) {
    size += piece.length
    if (size > MAX_BYTES) throw badArchive(`${name} is larger than ${MAX_BYTES} bytes`)
    pieces.push(piece)
  }
  return Buffer.concat(pieces).toString('utf8')
}

export const parseJson = (name: string, text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw badArchive(`${name} is not JSON`, cause)
  }
}

export const badArchive = (what: string, cause?: unknown): HoldfastError =>
  new HoldfastError('invalid_request', {
    detail: `This is no export of an organization: ${what.slice(0, 300).replaceAll(/[^\x20-\x7e]/g, '?')}.`,
    ...(cause === undefined ? {} : { cause }),
  })
