import { isIP } from 'node:net'
import { OutgoingRefused } from './outgoing-refused.ts'

export type OutgoingTarget = {
  url: URL
  /** Without the brackets of an IPv6 literal. */
  host: string
  port: number
  isLiteral: boolean
}

const MAX_CHARS = 2_048
const DEFAULT_PORT: Record<string, number> = { 'http:': 80, 'https:': 443 }
/** Scheme and authority as written. Nothing that readers of URLs read in different ways: backslashes, blanks, controls. */
const PLAIN = /^(https?):\/\/([^/?#\\\s]+)(?:[/?#][\x21-\x5b\x5d-\x7e]*)?$/i
/** Names that mean this machine or this network (RFC 6761, 6762, 8375, 7686), whatever a resolver says. */
const LOCAL_NAME = /(?:^|\.)(?:localhost|local|internal|home\.arpa|onion)$/

/**
 * Reads an address that a call shall be made to. There is one way to write each: decimal, octal, hex and short IPv4, trailing dots,
 * percent-encoded and non-ASCII hosts, zones and credentials are refused, so that what was checked is what everybody reads.
 * @throws OutgoingRefused
 */
export const readOutgoingUrl = (text: string): OutgoingTarget => {
  const url = text.length > MAX_CHARS ? null : URL.parse(text)
  if (url === null) throw new OutgoingRefused('spelling', 'This is no address.')
  const defaultPort = DEFAULT_PORT[url.protocol]
  if (defaultPort === undefined) throw new OutgoingRefused('scheme', 'Only http and https addresses are called.')
  const authority = PLAIN.exec(text)?.[2]?.toLowerCase()
  const port = url.port === '' ? defaultPort : Number(url.port)
  const written = authority === `${url.hostname}:${port}` ? url.hostname : authority
  if (written !== url.hostname || url.hostname.endsWith('.'))
    throw new OutgoingRefused('spelling', 'The host must be written plainly: no credentials, codes or closing dot.')
  const host = url.hostname.startsWith('[') ? url.hostname.slice(1, -1) : url.hostname
  return { url, host, port, isLiteral: isIP(host) !== 0 }
}

/** Names that no resolver needs to be asked about. */
export const isLocalName = (host: string): boolean => LOCAL_NAME.test(host) || !host.includes('.')
