import { HoldfastError } from '@packages/shared/holdfast-error'
import { parseHeaderValue } from './header-parameters.ts'

/** What a part says about itself. Text is still latin1, one character for each byte: see `decodeUtf8`. */
export type PartHeaders = {
  name: string
  /** Null when there is none; the empty text when a form was sent without choosing a file. */
  filename: string | null
  /** As sent, null when there is none. */
  contentType: string | null
}

/** @throws HoldfastError `invalid_multipart` for headers that break RFC 7578 or have no name. */
export const parsePartHeaders = (block: string, maxHeaders: number): PartHeaders => {
  const headers = new Map<string, string>()
  const lines = block.length === 0 ? [] : block.split('\r\n')
  if (lines.length > maxHeaders) throw invalid(`A part has ${maxHeaders} headers at most.`)
  for (const line of lines) {
    const colon = line.indexOf(':')
    const name = line.slice(0, colon).toLowerCase()
    if (colon < 1 || !/^[!#$%&'*+\-.^_`|~0-9a-z]+$/.test(name)) throw invalid('A part has a line that is no header.')
    const value = line.slice(colon + 1).trim()
    if (hasControl(value)) throw invalid('A header of a part holds a control character.')
    if (headers.has(name)) throw invalid(`A part has the header ${name} twice.`)
    headers.set(name, value)
  }
  const encoding = headers.get('content-transfer-encoding')?.toLowerCase()
  if (encoding !== undefined && !['binary', '8bit', '7bit'].includes(encoding))
    throw invalid('Content-Transfer-Encoding is not supported (RFC 7578, section 4.7).')
  const disposition = parseHeaderValue(headers.get('content-disposition') ?? '')
  if (disposition.value !== 'form-data') throw invalid('A part lacks Content-Disposition: form-data.')
  const name = disposition.parameters.get('name')
  if (name === undefined || name.length === 0) throw invalid('A part has no name.')
  return {
    name,
    filename: disposition.parameters.get('filename') ?? extendedFilename(disposition.parameters.get('filename*')),
    contentType: headers.get('content-type') ?? null,
  }
}

/** RFC 7578 forbids `filename*`, some clients send nothing else; read as RFC 8187 says, back to bytes in latin1. */
const extendedFilename = (text: string | undefined): string | null => {
  if (text === undefined) return null
  const encoded = /^utf-8'[^']*'(.*)$/i.exec(text)?.[1]
  if (encoded === undefined) throw invalid('filename* must be in UTF-8.')
  return encoded.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}

/** A tab is white space in a header; everything else below a space is an attack or a broken client. */
const hasControl = (text: string): boolean => {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if ((code < 0x20 && code !== 0x09) || code === 0x7f) return true
  }
  return false
}

const invalid = (detail: string): HoldfastError => new HoldfastError('invalid_multipart', { detail })
