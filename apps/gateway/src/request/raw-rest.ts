const ORIGIN = /^https?:\/\/[^/?#]*/i
/** What may stand in an address as it is (RFC 3986); `%` too, for what is escaped already stays so. */
const NOT_PLAIN = /[^A-Za-z0-9\-._~!$&'()*+,;=:@/?%]/g

const escape = (letter: string): string => `%${letter.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`

/** The same text as a part of an address: node hands a target's raw bytes over as latin1, so each is one escape. */
export const asAddressBytes = (text: string): string => text.replace(NOT_PLAIN, escape)

/**
 * The path behind the first `segments` segments of a target, and its query, both as they were written but for what no address may
 * hold. A path that ends with the segments is empty.
 */
export const rawRest = (target: string, segments: number): { path: string; query: string } => {
  const origin = target.replace(ORIGIN, '')
  const question = origin.indexOf('?')
  const path = question < 0 ? origin : origin.slice(0, question)
  let at = 0
  for (let left = segments; left > 0 && at >= 0; left--) at = path.indexOf('/', at + 1)
  return {
    path: at < 0 ? '' : asAddressBytes(path.slice(at)),
    query: question < 0 ? '' : `?${asAddressBytes(origin.slice(question + 1))}`,
  }
}
