import { canonicalCid, parseCid } from '@packages/shared/cid'
import { isUuid } from '@packages/shared/ids'

/** What `:hash` in an address means: one row by its id, or all rows of a CID (v0 = v1, any multibase). */
export type Hash = { kind: 'id'; id: string } | { kind: 'cid'; canonical: string }

/** @throws HoldfastError `invalid_cid` or `unsupported_cid` for what is neither a UUID nor a CID */
export const parseHash = (text: string): Hash => {
  const lower = text.toLowerCase()
  return isUuid(lower) ? { kind: 'id', id: lower } : { kind: 'cid', canonical: canonicalCid(parseCid(text)) }
}
