import { join } from 'node:path'
import { base32 } from 'multiformats/bases/base32'
import { CID } from 'multiformats/cid'

/** Where a Kubo keeps a block: by its multihash in base32, in folders by the last but one letters (flatfs, `next-to-last/2`). */
export const blockFile = (repository: string, cid: CID | string): string => {
  const { multihash } = typeof cid === 'string' ? CID.parse(cid) : cid
  const key = base32.encode(multihash.bytes).slice(1).toUpperCase()
  return join(repository, 'blocks', key.slice(-3, -1), `${key}.data`)
}
