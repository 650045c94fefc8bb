import type { ImportParameters } from '@packages/content/unixfs/import-parameters'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { decodeUtf8 } from '../upload-body/multipart/decode-utf8.ts'
import type { MultipartPart } from '../upload-body/multipart/read-multipart.ts'
import { checkName, invalidName } from '../values/file-name.ts'
import { MAX_METADATA_BYTES, type Metadata, parseMetadata } from '../values/metadata.ts'
import { invalidField } from './invalid-field.ts'
import { isParameterField, MAX_PARAMETER_BYTES, readBoolean, readParameter } from './parameter-fields.ts'

const MAX_NAME_FIELD_BYTES = 4 * 1024

/** The fields of an upload's form: all parts but those named `file`, each at most once. */
export class FormFields {
  readonly #seen = new Set<string>()
  parameters: ImportParameters = {}
  name: string | undefined
  metadata: Metadata = {}
  wrap = false

  /**
   * Reads one field. `fileSeen`: a file came before, so that it is too late for what decides how files are cut.
   * @throws HoldfastError `unknown_field`, `invalid_multipart` for a second time, `invalid_name`, `invalid_metadata`,
   *   `invalid_request`
   */
  async take(part: MultipartPart, fileSeen: boolean): Promise<void> {
    const field = part.name
    if (!isParameterField(field) && field !== 'name' && field !== 'metadata' && field !== 'wrap')
      throw unknownField(field)
    if (this.#seen.has(field)) throw twice(field)
    this.#seen.add(field)
    if (field === 'name') this.name = await readName(part)
    else if (field === 'metadata') this.metadata = await readMetadata(part)
    else if (field === 'wrap') this.wrap = readBoolean(await readShort(part), field)
    else {
      if (fileSeen) throw invalidField(field, 'must come before the first part "file": it decides how files are cut')
      Object.assign(this.parameters, readParameter(field, await readShort(part)))
    }
  }
}

/** The field's bytes as text; undefined when it is not UTF-8. @throws what `onLimit` makes */
const readText = async (
  part: MultipartPart,
  limit: number,
  onLimit: () => HoldfastError,
): Promise<string | undefined> => {
  const pieces: Uint8Array[] = []
  let length = 0
  for await (const piece of part.body) {
    length += piece.length
    if (length > limit) throw onLimit()
    pieces.push(piece)
  }
  return decodeUtf8(Buffer.concat(pieces).toString('latin1'))
}

const readName = async (part: MultipartPart): Promise<string> => {
  const text = await readText(part, MAX_NAME_FIELD_BYTES, () => invalidName('name', 'is too long'))
  if (text === undefined) throw invalidName('name', 'is not valid UTF-8')
  return checkName(text, 'name')
}

const readMetadata = async (part: MultipartPart): Promise<Metadata> => {
  const message = `has ${MAX_METADATA_BYTES} bytes at most`
  const tooLong = () => new HoldfastError('invalid_metadata', { fields: [{ path: 'metadata', message }] })
  return parseMetadata((await readText(part, MAX_METADATA_BYTES, tooLong)) ?? '')
}

const readShort = async (part: MultipartPart): Promise<string> =>
  (await readText(part, MAX_PARAMETER_BYTES, () => invalidField(part.name, 'is not known'))) ?? ''

const twice = (path: string): HoldfastError =>
  new HoldfastError('invalid_multipart', { fields: [{ path, message: 'must be sent once' }] })

const unknownField = (latin1: string): HoldfastError => {
  const path = (decodeUtf8(latin1) ?? latin1).slice(0, 100).toWellFormed()
  return new HoldfastError('unknown_field', { fields: [{ path, message: 'is not known here' }] })
}
