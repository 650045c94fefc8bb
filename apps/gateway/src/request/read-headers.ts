/** The request headers that decide anything here. Everything else is never read, so that no cache has to key on it. */
export type RequestHeaders = {
  accept: string | undefined
  cacheControl: string | undefined
  ifMatch: string | undefined
  ifNoneMatch: string | undefined
  ifRange: string | undefined
  range: string | undefined
  serviceWorker: string | undefined
  /** A body was announced, or another protocol asked for: what follows is not read, and the connection ends with the response. */
  hasBody: boolean
}

const NO_HEADERS: Readonly<RequestHeaders> = {
  accept: undefined,
  cacheControl: undefined,
  ifMatch: undefined,
  ifNoneMatch: undefined,
  ifRange: undefined,
  range: undefined,
  serviceWorker: undefined,
  hasBody: false,
}

const join = (earlier: string | undefined, value: string): string =>
  earlier === undefined ? value : `${earlier}, ${value}`

/** Sets one header; a list may come in several lines (RFC 9110, 5.3), of the others a second one makes it unreadable. */
const take = (headers: RequestHeaders, name: string, value: string): void => {
  switch (name) {
    case 'accept':
      headers.accept = join(headers.accept, value)
      break
    case 'cache-control':
      headers.cacheControl = join(headers.cacheControl, value)
      break
    case 'if-match':
      headers.ifMatch = join(headers.ifMatch, value)
      break
    case 'if-none-match':
      headers.ifNoneMatch = join(headers.ifNoneMatch, value)
      break
    case 'if-range':
      headers.ifRange = join(headers.ifRange, value)
      break
    case 'range':
      headers.range = join(headers.range, value)
      break
    case 'service-worker':
      headers.serviceWorker = value
      break
    case 'transfer-encoding':
      headers.hasBody = true
      break
    // Node drops what came with a request for another protocol.
    case 'upgrade':
      headers.hasBody = true
      break
    case 'content-length':
      if (value !== '0') headers.hasBody = true
      break
  }
}

/** Lengths of the names above: most headers of a browser are told apart by length alone. */
const LENGTHS = new Set([5, 6, 7, 8, 13, 14, 17])

/**
 * Picks the headers that matter from node's flat list of names and values, without building an object of all.
 * Returns one shared object when none of them is there: the common case of a hot path.
 */
export const readHeaders = (rawHeaders: readonly string[]): Readonly<RequestHeaders> => {
  let headers: RequestHeaders | undefined
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] as string
    if (!LENGTHS.has(name.length)) continue
    headers ??= { ...NO_HEADERS }
    take(headers, name.toLowerCase(), rawHeaders[at + 1] as string)
  }
  return headers ?? NO_HEADERS
}
