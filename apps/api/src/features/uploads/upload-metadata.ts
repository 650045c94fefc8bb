import type { ImportParameters } from '@packages/content/unixfs/import-parameters'
import { isUuid } from '@packages/shared/ids'
import { importProfileOf } from '@packages/content/unixfs/import-parameters'
import {
  isParameterField,
  MAX_PARAMETER_BYTES,
  readBoolean,
  readParameter,
} from '../../upload-form/parameter-fields.ts'
import { invalidField } from '../../upload-form/invalid-field.ts'
import { type Visibility, visibilitySchema } from '../../private/visibility.ts'
import { nameFromFilename } from '../../values/file-name.ts'
import { type Metadata, parseMetadata } from '../../values/metadata.ts'
import { decodeBase64, invalidHeader } from './tus-headers.ts'

/** What an upload keeps of its Upload-Metadata. */
export type UploadMetadata = {
  /** As sent; told again by HEAD. Null when there was none. */
  header: string | null
  /** Null: the upload has no name of its own. */
  name: string | null
  contentType: string | null
  metadata: Metadata
  parameters: ImportParameters
  wrap: boolean
  /** Null in the header: as the organization says. The row of an upload always has it, but for those of older versions. */
  visibility: Visibility | null
  /** The group that it goes into, when it is whole. */
  group: string | null
  /** The folder manifest that it belongs to, as its id in addresses, and the file's path there. */
  folder: string | null
  path: string | null
}

/** The same in the row: of what will be a private file its names are sealed (`kept-names.ts`). */
export type KeptMetadata = UploadMetadata & { sealed?: string }

/** Names that clients use for the same: tus-js-client's examples, Uppy's, and ours. The first one given counts. */
const NAMES = ['name', 'filename'] as const
const TYPES = ['contentType', 'filetype', 'type'] as const

/**
 * Reads Upload-Metadata: comma-separated pairs of an ASCII key and a value in Base64. Keys that mean nothing here are kept,
 * as the protocol lets clients send any.
 * @throws HoldfastError `invalid_request` for a broken pair or a bad import parameter, `invalid_name`, `invalid_metadata`
 */
export const parseUploadMetadata = (header: string | undefined): UploadMetadata => {
  const pairs = pairsOf(header ?? '')
  const first = (keys: readonly string[]): string | undefined =>
    keys.map((key) => pairs.get(key)).find((value) => value !== undefined && value !== '')
  const parameters: ImportParameters = {}
  for (const [key, value] of pairs) {
    if (!isParameterField(key)) continue
    if (Buffer.byteLength(value) > MAX_PARAMETER_BYTES) throw invalidField(key, 'is too long')
    Object.assign(parameters, readParameter(key, value))
  }
  // Refused now rather than after the last byte.
  importProfileOf(parameters)
  const name = first(NAMES)
  const metadata = pairs.get('metadata')
  const wrap = pairs.get('wrap')
  const visibility = visibilitySchema.optional().safeParse(pairs.get('visibility'))
  if (!visibility.success) throw invalidField('visibility', 'must be public or private')
  const group = pairs.get('group') ?? null
  if (group !== null && !isUuid(group)) throw invalidField('group', 'must be the id of a group')
  return {
    header: header === undefined || header === '' ? null : header,
    name: name === undefined ? null : nameFromFilename(name),
    contentType: first(TYPES) ?? null,
    metadata: metadata === undefined ? {} : parseMetadata(metadata),
    parameters,
    wrap: wrap === undefined ? false : readBoolean(wrap, 'wrap'),
    visibility: visibility.data ?? null,
    group,
    folder: pairs.get('folder') ?? null,
    path: pairs.get('path') ?? null,
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

const pairsOf = (header: string): Map<string, string> => {
  const pairs = new Map<string, string>()
  if (header.trim() === '') return pairs
  for (const pair of header.split(',')) {
    const [key = '', encoded = '', ...rest] = pair.trim().split(' ')
    if (!/^[!-+\--~]{1,100}$/.test(key)) throw broken('has a key that is empty or not ASCII')
    if (pairs.has(key)) throw broken(`has the key ${key} twice`)
    const bytes = decodeBase64(encoded)
    if (bytes === undefined || rest.length > 0) throw broken(`has a value of ${key} that is not Base64`)
    pairs.set(key, textOf(bytes, key))
  }
  return pairs
}

const textOf = (bytes: Buffer, key: string): string => {
  let text: string
  try {
    text = utf8.decode(bytes)
  } catch {
    throw broken(`has a value of ${key} that is not UTF-8`)
  }
  if (text.includes('\0')) throw broken(`has a NUL in the value of ${key}`)
  return text
}

const broken = (problem: string) => invalidHeader('Upload-Metadata', problem)
