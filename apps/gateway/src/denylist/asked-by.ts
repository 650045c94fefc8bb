import type { CID } from 'multiformats/cid'
import type { Shown } from '../request/gateway-request.ts'
import type { Asked } from './deny-rules.ts'

/** All that rules may know a content path by: its root, and each name that led there. `rest` is what it has behind its root. */
export const askedBy = (root: CID, rest: readonly string[], ledBy: Shown['ledBy']): readonly Asked[] => {
  const content: Asked = { namespace: 'ipfs', root, rest }
  if (ledBy === undefined) return [content]
  // Behind `ipfs` and the CID.
  const own = rest.slice(ledBy.depth - 2)
  const names = ledBy.names.map(
    ({ root: name, behind }): Asked => ({ namespace: 'ipns', root: name, rest: [...behind, ...own] }),
  )
  return [content, ...names]
}
