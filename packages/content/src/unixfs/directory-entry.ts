import type { CID } from 'multiformats/cid'
import { InvalidDagError } from './dag-errors.ts'
import { type DirectoryNode, linkCid, linkName } from './directory-node-decode.ts'
import type { NamedLink } from './pb-node-decode.ts'

export type DirectoryEntry = {
  name: string
  cid: CID
  /** Bytes of the blocks below, as the directory claims (Tsize): never to be believed. */
  size: number | undefined
}

/** The entry that a link is, without the first `prefix` bytes of its name. @throws InvalidDagError */
export const entryOf = (node: DirectoryNode, link: NamedLink, prefix: number): DirectoryEntry => {
  const name = linkName(node, link, prefix)
  if (name === '' || name === '.' || name === '..' || name.includes('/') || name.includes('\0'))
    throw new InvalidDagError(node.cid, `${JSON.stringify(name)} is no name of an entry`)
  return { name, cid: linkCid(node, link), size: link.claimedBytes }
}
