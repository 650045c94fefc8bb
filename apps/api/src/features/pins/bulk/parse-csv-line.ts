import { HoldfastError } from '@packages/shared/holdfast-error'

const FIELD = /(?:"((?:[^"]|"")*)"|([^",]*))(,|$)/y

/**
 * Pure: the fields of a line of CSV (RFC 4180). A field ends with its line, so that a quote which is never closed spoils one line, not the rest of the body.
 * @throws HoldfastError `invalid_request`
 */
export const parseCsvLine = (text: string): string[] => {
  const fields: string[] = []
  FIELD.lastIndex = 0
  for (;;) {
    const found = FIELD.exec(text)
    if (found === null)
      throw new HoldfastError('invalid_request', { detail: `Field ${fields.length + 1} has a quote out of place.` })
    fields.push(found[1]?.replaceAll('""', '"') ?? found[2] ?? '')
    if (found[3] === '') return fields
  }
}
