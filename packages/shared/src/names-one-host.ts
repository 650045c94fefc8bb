/**
 * Whether a request names its host exactly once (RFC 9112, 3.2). Two lines let a proxy and us read different hosts.
 * HTTP/1.0 may leave it out. `rawHeaders` is node's flat list of names and values, in which a second line is kept.
 */
export const namesOneHost = (rawHeaders: readonly string[], httpVersion: string): boolean => {
  let lines = 0
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] as string
    if (name.length === 4 && name.toLowerCase() === 'host') lines++
  }
  return lines === 1 || (lines === 0 && httpVersion !== '1.1')
}

/** node's parser lets 0.9 and 2.0 pass as well, which are other protocols. */
export const isHttp1 = (httpVersion: string): boolean => httpVersion === '1.1' || httpVersion === '1.0'
