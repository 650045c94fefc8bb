import { CODEC_RAW, HASH_SHA2_256 } from '@packages/shared/cid'
import { CID } from 'multiformats/cid'
import * as Digest from 'multiformats/hashes/digest'
import type { BlockSource } from '../block-source.ts'
import { decodeBlockList, LIST_CODEC } from '../block-store/block-list.ts'
import { blockKeyBytes, bytesToKey, checkIdentity, isIdentity } from '../block-store/block-key.ts'
import { matchesHash } from '../block-store/hash-block.ts'
import { MissingBlockError } from '../unixfs/dag-errors.ts'
import { BlockCipher, type PrivateOwner } from './block-cipher.ts'
import { decodeHead, type ManifestHead } from './manifest-head.ts'
import type { Place } from './manifest-page.ts'
import { ManifestReader } from './manifest-reader.ts'
import { PrivateContentDamaged } from './private-content-damaged.ts'

export { PRIVATE_REALM } from './private-realm.ts'
export { PrivateContentDamaged } from './private-content-damaged.ts'

type GetOptions = { signal?: AbortSignal }

/** One private root as plaintext blocks by plaintext CID; the readers of files and directories work on it as on any source. */
export class PrivateContent implements BlockSource {
  readonly #blocks: BlockSource
  readonly #cipher: BlockCipher
  readonly #manifest: ManifestReader
  /** Of the plaintext, as produced. */
  readonly root: CID

  constructor(blocks: BlockSource, cipher: BlockCipher, head: ManifestHead) {
    this.#blocks = blocks
    this.#cipher = cipher
    this.root = head.root
    this.#manifest = new ManifestReader(cipher, head.runs, (place, options) => this.#ciphertext(place, options))
  }

  /**
   * A block's verified bytes; `undefined` when it is no part of this root.
   * @throws PrivateContentDamaged; MissingBlockError when the ciphertext is gone; the signal's reason
   */
  async get(cid: CID, options: GetOptions = {}): Promise<Uint8Array | undefined> {
    if (isIdentity(cid)) {
      checkIdentity(cid)
      return cid.multihash.digest
    }
    const found = await this.#manifest.find(blockKeyBytes(cid), Buffer.from(cid.multihash.bytes), options)
    if (found === undefined) return undefined
    const ciphertext = await this.#ciphertext(found.place, options)
    const bytes = this.#cipher.open(bytesToKey(found.key), ciphertext, found.place.tag)
    // Whoever has the key could have written a manifest that lies.
    if (!matchesHash(cid.multihash, bytes)) throw new PrivateContentDamaged('a private block is not what its CID says')
    return bytes
  }

  async #ciphertext({ digest }: Place, options: GetOptions): Promise<Uint8Array> {
    const cid = CID.createV1(CODEC_RAW, Digest.create(HASH_SHA2_256, new Uint8Array(digest)))
    return need(this.#blocks, cid, options)
  }
}

/**
 * Opens a private root. `blocks` reads the realm `private`, `list` is what its upload committed.
 * @throws PrivateContentDamaged when key, tenant or content id do not fit, or something was changed; MissingBlockError; the signal's reason
 */
export const openPrivateContent = async (
  blocks: BlockSource,
  { list, ...owner }: PrivateOwner & { list: CID },
  options: GetOptions = {},
): Promise<PrivateContent> => {
  const cipher = new BlockCipher(owner)
  const head = await need(blocks, await lastOfList(blocks, list, options), options)
  return new PrivateContent(blocks, cipher, decodeHead(cipher.openHead(head)))
}

/** The head is written last. */
const lastOfList = async (blocks: BlockSource, list: CID, options: GetOptions): Promise<CID> => {
  let cid = list
  while (cid.code === LIST_CODEC) {
    const last = decodeBlockList(await need(blocks, cid, options)).at(-1)
    if (last === undefined) throw new PrivateContentDamaged('a private content has no manifest')
    cid = last
  }
  return cid
}

const need = async (blocks: BlockSource, cid: CID, options: GetOptions): Promise<Uint8Array> => {
  const bytes = await blocks.get(cid, options)
  if (bytes === undefined) throw new MissingBlockError(cid)
  return bytes
}
