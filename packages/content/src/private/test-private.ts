import { randomBytes } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { CID } from 'multiformats/cid'
import type { BlockStore } from '../block-store/block-store.ts'
import type { TestBlock } from '../block-store/test-dags.ts'
import type { PrivateOwner } from './block-cipher.ts'
import { openPrivateContent, type PrivateContent, PRIVATE_REALM } from './open-private-content.ts'
import { beginPrivateUpload, type CommittedPrivate } from './private-upload.ts'

/** Private roots for the tests of this package. */
export const newOwner = (contentId: string, organizationId = 'tenant-a'): PrivateOwner => ({
  organizationId,
  contentId,
  rootKey: new Uint8Array(randomBytes(32)),
})

export const putPrivate = async (
  store: BlockStore,
  owner: PrivateOwner,
  dag: { root: CID; blocks: readonly TestBlock[] },
): Promise<CommittedPrivate> => {
  const upload = beginPrivateUpload(store, owner)
  for (const { cid, bytes } of dag.blocks) await upload.put(cid, bytes)
  return upload.commit(dag.root)
}

export const openPrivate = (store: BlockStore, owner: PrivateOwner, list: CID): Promise<PrivateContent> =>
  openPrivateContent(store.reader(PRIVATE_REALM), { ...owner, list })

/** Everything that lies in a folder: what a thief of the disk has. */
export const allBytes = async (directory: string): Promise<Buffer> => {
  const files = await readdir(directory, { recursive: true, withFileTypes: true })
  const read = files.filter((file) => file.isFile()).map((file) => readFile(join(file.parentPath, file.name)))
  return Buffer.concat(await Promise.all(read))
}
