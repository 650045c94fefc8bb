import type { IncomingMessage } from 'node:http'
import { isHost } from '@packages/shared/is-host'

/** What a query may say here that is no secret. An address within it (`uri`) may have one. */
const TOLD: ReadonlySet<string> = new Set([
  'format',
  'filename',
  'download',
  'dag-scope',
  'entity-bytes',
  'car-version',
  'car-order',
  'car-dups',
])
const LONGEST = 2_048
// Quotes and backslashes end or escape a field, and whoever reads a log in a terminal must not be shown its control characters.
const ESCAPED = /[^ !#-[\]-~]/
const ESCAPED_ALL = /[^ !#-[\]-~]/g

/** What somebody has put behind an address that had a query already. */
const REST = /[?;#]|%3f/i
const USER = /^([a-z][a-z\d+.-]*:\/\/)[^/?#]*@/i

export type Sent = { status: number; bytes: number }

const escape = (text: string): string => {
  const short = text.length > LONGEST ? text.slice(0, LONGEST) : text
  if (!ESCAPED.test(short)) return short
  return short.replaceAll(ESCAPED_ALL, (one) => `\\x${one.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`)
}

/** An address without what may open something: parts of its query that are not known by their names are left out, and so is a user. */
export const withoutSecrets = (address: string): string => {
  const url = address.startsWith('/') ? address : address.replace(USER, '$1')
  const at = url.indexOf('?')
  if (at < 0) return url
  const told = url
    .slice(at + 1)
    .split('&', 32)
    .filter((part) => TOLD.has(part.slice(0, part.indexOf('=')).toLowerCase()))
    .map((part) => part.split(REST, 1)[0])
  return told.length === 0 ? url.slice(0, at) : `${url.slice(0, at)}?${told.join('&')}`
}

const pathOf = (referer: string): string => {
  const at = referer.search(/[?#]/)
  return at < 0 ? referer : referer.slice(0, at)
}

/** With its port, as the format has it. The field has no quotes, so that what is no host could be taken for the fields behind it. */
const hostOf = (written: string | undefined, port: number | undefined): string => {
  const host = written === undefined || written === '' || !isHost(written) ? '-' : escape(written)
  return /:\d+$/.test(host) ? host : `${host.replace(/:$/, '')}:${port ?? 0}`
}

/**
 * One line in Apache's `vhost_combined` format: host, client, time, request line, status, bytes with the head, referrer (without its query), user agent.
 * @param time in brackets, as the format has it
 */
export const logLine = (request: IncomingMessage, client: string, time: string, { status, bytes }: Sent): string => {
  let [referer, agent] = ['-', '-']
  let host: string | undefined
  const { rawHeaders } = request
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const { length } = rawHeaders[at] as string
    if (length !== 4 && length !== 7 && length !== 10) continue
    const name = (rawHeaders[at] as string).toLowerCase()
    if (name === 'host') host = rawHeaders[at + 1]
    else if (name === 'referer') referer = escape(pathOf(rawHeaders[at + 1] as string))
    else if (name === 'user-agent') agent = escape(rawHeaders[at + 1] as string)
  }
  const asked = escape(withoutSecrets(request.url ?? ''))
  const served = hostOf(host, request.socket.localPort)
  return `${served} ${client} - - ${time} "${request.method} ${asked} HTTP/${request.httpVersion}" ${status} ${bytes} "${referer}" "${agent}"\n`
}
