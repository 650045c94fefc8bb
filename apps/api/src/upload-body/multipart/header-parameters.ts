import { HoldfastError } from '@packages/shared/holdfast-error'

export type HeaderValue = { value: string; parameters: Map<string, string> }

const TOKEN = /[!#$%&'*+\-.^_`|~0-9A-Za-z]+/y

/**
 * Reads `value; name=token; name="quoted"` (RFC 9110, section 5.6.6). The text is in latin1, one character for each
 * byte, so that bytes beyond ASCII come through as they were sent. Value and parameter names are lower-cased; the first
 * of two parameters with one name counts.
 *
 * Within quotes a backslash escapes only `"` and `\`: old browsers send `C:\path\file` unescaped.
 * @throws HoldfastError `invalid_multipart` when the text does not follow the syntax.
 */
export const parseHeaderValue = (text: string): HeaderValue => {
  const end = text.indexOf(';')
  const value = (end === -1 ? text : text.slice(0, end)).trim().toLowerCase()
  const parameters = new Map<string, string>()
  let at = end === -1 ? text.length : end
  while (at < text.length) {
    at = skipSpace(text, at + 1)
    if (at >= text.length || text[at] === ';') continue
    const name = tokenAt(text, at)
    at = skipSpace(text, at + name.length)
    if (text[at] !== '=') throw malformed()
    at = skipSpace(text, at + 1)
    const parameter = text[at] === '"' ? quotedAt(text, at) : { raw: tokenAt(text, at), value: tokenAt(text, at) }
    at = skipSpace(text, at + parameter.raw.length)
    if (at < text.length && text[at] !== ';') throw malformed()
    if (!parameters.has(name.toLowerCase())) parameters.set(name.toLowerCase(), parameter.value)
  }
  return { value, parameters }
}

const skipSpace = (text: string, from: number): number => {
  let at = from
  while (text[at] === ' ' || text[at] === '\t') at++
  return at
}

const tokenAt = (text: string, at: number): string => {
  TOKEN.lastIndex = at
  const match = TOKEN.exec(text)
  if (match === null) throw malformed()
  return match[0]
}

const quotedAt = (text: string, start: number): { raw: string; value: string } => {
  let value = ''
  for (let at = start + 1; at < text.length; at++) {
    const character = text[at] as string
    if (character === '"') return { raw: text.slice(start, at + 1), value }
    const next = text[at + 1]
    if (character === '\\' && (next === '"' || next === '\\')) at++
    value += character === '\\' && (next === '"' || next === '\\') ? next : character
  }
  throw malformed()
}

const malformed = (): HoldfastError =>
  new HoldfastError('invalid_multipart', { detail: 'A header of a part does not follow its syntax.' })
