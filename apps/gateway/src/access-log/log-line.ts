import type { IncomingMessage } from 'node:http'

/** What addresses may say here that is no secret: everything that the gateway reads of a query, but for tokens and links. */
const TOLD: ReadonlySet<string> = new Set([
  'format',
  'filename',
  'download',
  'dag-scope',
  'entity-bytes',
  'car-version',
  'car-order',
  'car-dups',
  'uri',
  'protocol',
])
const LONGEST = 2_048
// Quotes and backslashes end or escape a field, and whoever reads a log in a terminal must not be shown its control characters.
const ESCAPED = /[^ !#-[\]-~]/
const ESCAPED_ALL = /[^ !#-[\]-~]/g

export type Sent = { status: number; bytes: number }

const escape = (text: string): string => {
  const short = text.length > LONGEST ? text.slice(0, LONGEST) : text
  if (!ESCAPED.test(short)) return short
  return short.replaceAll(ESCAPED_ALL, (one) => `\\x${one.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`)
}

/** An address without what may open something: parts of its query that are not known by their names are left out. */
export const withoutSecrets = (url: string): string => {
  const at = url.indexOf('?')
  if (at < 0) return url
  const told = url
    .slice(at + 1)
    .split('&', 32)
    .filter((part) => TOLD.has(part.slice(0, part.indexOf('=')).toLowerCase()))
  return told.length === 0 ? url.slice(0, at) : `${url.slice(0, at)}?${told.join('&')}`
}

const pathOf = (referer: string): string => {
  const at = referer.search(/[?#]/)
  return at < 0 ? referer : referer.slice(0, at)
}

/**
 * One line in Apache's `vhost_combined` format: host, client, time, request line, status, bytes with the head, referrer (without its query), user agent.
 * @param time in brackets, as the format has it
 */
export const logLine = (request: IncomingMessage, client: string, time: string, { status, bytes }: Sent): string => {
  let [host, referer, agent] = ['-', '-', '-']
  const { rawHeaders } = request
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const { length } = rawHeaders[at] as string
    if (length !== 4 && length !== 7 && length !== 10) continue
    const name = (rawHeaders[at] as string).toLowerCase()
    if (name === 'host') host = escape(rawHeaders[at + 1] as string)
    else if (name === 'referer') referer = escape(pathOf(rawHeaders[at + 1] as string))
    else if (name === 'user-agent') agent = escape(rawHeaders[at + 1] as string)
  }
  const asked = escape(withoutSecrets(request.url ?? ''))
  return `${host} ${client} - - ${time} "${request.method} ${asked} HTTP/${request.httpVersion}" ${status} ${bytes} "${referer}" "${agent}"\n`
}
