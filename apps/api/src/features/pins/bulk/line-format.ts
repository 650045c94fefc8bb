import { HoldfastError } from '@packages/shared/holdfast-error'
import type { z } from 'zod'
import { parseJsonBody } from '../../../plugins/json-body.ts'
import { refuseUnstorableText } from '../../../plugins/unstorable-text.ts'
import { parseMetadata } from '../../../values/metadata.ts'
import { parseCsvLine } from './parse-csv-line.ts'

export const NDJSON_TYPES = ['application/x-ndjson', 'application/ndjson', 'application/jsonl']
export const CSV_TYPE = 'text/csv'
export const BULK_TYPES = [...NDJSON_TYPES, CSV_TYPE]

export type LineFormat = 'ndjson' | 'csv'

/** Reads a line; `undefined` for the one with the names of the columns. */
export type ReadLine<T> = (bytes: Buffer) => T | undefined

export const formatOf = (contentType: string | undefined): LineFormat =>
  contentType?.split(';', 1)[0]?.trim().toLowerCase() === CSV_TYPE ? 'csv' : 'ndjson'

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** @throws HoldfastError what is wrong with the line; of the names of the columns: `HeaderError` */
export const lineReader = <S extends z.ZodObject>(format: LineFormat, schema: S): ReadLine<z.output<S>> => {
  const valid = (value: unknown): z.output<S> => {
    const parsed = schema.safeParse(value)
    if (parsed.success) return parsed.data
    throw lineError(parsed.error)
  }
  if (format === 'ndjson') return (bytes) => valid(parseJsonBody(bytes))
  let columns: string[] | undefined
  return (bytes) => {
    const fields = parseCsvLine(decode(bytes))
    if (columns === undefined) {
      columns = columnsOf(fields, schema)
      return undefined
    }
    return valid(recordOf(columns, fields))
  }
}

/** Without its columns nothing of a table can be read. */
export class HeaderError extends HoldfastError {}

const columnsOf = (fields: string[], schema: z.ZodObject): string[] => {
  const known = Object.keys(schema.shape)
  const columns = fields.map((field) => {
    const given = field.trim().toLowerCase()
    return known.find((name) => name.toLowerCase() === given) ?? given
  })
  const strange = columns.find((column, at) => !known.includes(column) || columns.indexOf(column) !== at)
  const missing = known.find((name) => !columns.includes(name) && !schema.shape[name]?.safeParse(undefined).success)
  if (strange === undefined && missing === undefined) return columns
  throw new HeaderError('invalid_request', {
    detail: `The first line names the columns: ${known.join(', ')}, each once, ${missing === undefined ? 'no other' : `${missing} always`}.`,
  })
}

/** Their fields hold objects. */
const JSON_COLUMNS: readonly string[] = ['meta', 'replication']

const recordOf = (columns: string[], fields: string[]): Record<string, unknown> => {
  if (fields.length !== columns.length)
    throw new HoldfastError('invalid_request', { detail: `It has ${fields.length} fields, not ${columns.length}.` })
  const record: Record<string, unknown> = {}
  for (const [at, column] of columns.entries()) {
    const field = fields[at] ?? ''
    if (field !== '') record[column] = JSON_COLUMNS.includes(column) ? parseMetadata(field, column) : field
  }
  refuseUnstorableText(record, 64)
  return record
}

const decode = (bytes: Buffer): string => {
  try {
    return utf8.decode(bytes)
  } catch (cause) {
    throw new HoldfastError('invalid_request', { detail: 'It is not UTF-8.', cause })
  }
}

const MAX_FIELDS = 5

const lineError = ({ issues }: z.ZodError): HoldfastError =>
  new HoldfastError(issues.some(({ code }) => code === 'unrecognized_keys') ? 'unknown_field' : 'invalid_request', {
    detail: issues
      .slice(0, MAX_FIELDS)
      .map(({ path, message }) => `${path.length === 0 ? '' : `${path.join('.')}: `}${message}`.slice(0, 200))
      .join('; '),
  })
