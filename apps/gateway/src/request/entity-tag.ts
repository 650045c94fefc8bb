/** One tag of a list. An opaque tag may hold commas but no quotes, so that reading from the left finds each one. */
const ENTITY_TAG = /(?<=^|[\s,])(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"(?=$|[\s,])/g

const parseList = (header: string): string[] => header.match(ENTITY_TAG) ?? []

const opaque = (tag: string): string => (tag.startsWith('W/') ? tag.slice(2) : tag)

/** If-None-Match (RFC 9110, 13.1.2): true when one of the list is ours by weak comparison; `*` means any. */
export const matchesWeakly = (header: string, etag: string): boolean =>
  header.trim() === '*' || parseList(header).some((tag) => opaque(tag) === opaque(etag))

/** If-Match (RFC 9110, 13.1.1): strong comparison, so that weak tags never match, ours neither. */
export const matchesStrongly = (header: string, etag: string): boolean =>
  header.trim() === '*' || (!etag.startsWith('W/') && parseList(header).includes(etag))

/** If-Range (RFC 9110, 13.1.5): one strong tag; a date never matches, since nothing here has a Last-Modified. */
export const rangeApplies = (ifRange: string | undefined, etag: string): boolean =>
  ifRange === undefined || ifRange.trim() === etag
