import { HoldfastError } from '@packages/shared/holdfast-error'
import type { CID } from 'multiformats/cid'
import type { BlockSink } from '../block-source.ts'
import { blockKey, checkIdentity, isIdentity } from '../block-store/block-key.ts'
import type { DagSize } from '../block-store/batch-items.ts'
import type { BlockListWriter } from '../block-store/block-list.ts'
import type { BlockStore, Upload } from '../block-store/block-store.ts'
import { matchesHash } from '../block-store/hash-block.ts'
import { DAG_LIMITS } from '../dag/dag-limits.ts'
import { rawCid } from '../unixfs/block-cid.ts'
import { BlockCipher, type PrivateOwner } from './block-cipher.ts'
import { ManifestWriter } from './manifest-writer.ts'
import { PRIVATE_REALM } from './private-realm.ts'

export type PrivateUploadOptions = PrivateOwner & {
  signal?: AbortSignal
  /** Every block was hashed by our own code just now: do not hash it again. */
  trusted?: boolean
}

/** What was committed: `list` names the ciphertexts to the store and tells nothing of the plaintext. `dagSize`, `blocks`: as stored, manifest included. */
export type CommittedPrivate = DagSize & { list: CID }

/**
 * An upload whose blocks are encrypted under the root's key on their way into the realm `private`. It becomes visible as every upload does: all of it at
 * `commit`, or nothing. Several calls may be under way before that.
 */
export class PrivateUpload implements BlockSink {
  readonly #upload: Pick<Upload, 'put' | 'commit' | 'abort'>
  readonly #list: BlockListWriter
  readonly #cipher: BlockCipher
  readonly #manifest: ManifestWriter
  readonly #trusted: boolean

  constructor(upload: Pick<Upload, 'put' | 'beginList' | 'commit' | 'abort'>, options: PrivateUploadOptions) {
    this.#upload = upload
    this.#list = upload.beginList()
    this.#cipher = new BlockCipher(options)
    this.#manifest = new ManifestWriter(this.#cipher, (ciphertext) => this.#store(ciphertext))
    this.#trusted = options.trusted ?? false
  }

  /**
   * @throws HoldfastError `invalid_request` when the bytes are not what the CID says (a nonce must not meet two plaintexts), `payload_too_large`; what
   *   `Upload.put` throws
   */
  async put(cid: CID, bytes: Uint8Array): Promise<void> {
    if (isIdentity(cid)) {
      checkIdentity(cid)
      return
    }
    if (bytes.length > DAG_LIMITS.maxBlockBytes)
      throw new HoldfastError('payload_too_large', { detail: 'A block may have 2 MiB at most.' })
    const key = blockKey(cid)
    if (this.#manifest.has(key)) return
    if (!this.#trusted && !matchesHash(cid.multihash, bytes))
      throw new HoldfastError('invalid_request', { detail: 'A block does not match its CID.' })
    const { ciphertext, tag } = this.#cipher.seal(key, bytes)
    await this.#manifest.add(key, { digest: await this.#store(ciphertext), tag })
  }

  /** The digest that the ciphertext is stored by. */
  async #store(ciphertext: Buffer): Promise<Buffer> {
    const cid = rawCid(ciphertext)
    await this.#upload.put(cid, ciphertext)
    await this.#list.add(cid)
    return Buffer.from(cid.multihash.digest)
  }

  /** Makes all that was put durable. The caller has found the DAG below `root` whole. @throws what `Upload.commit` throws */
  async commit(root: CID): Promise<CommittedPrivate> {
    await this.#manifest.finish(root)
    const list = await this.#list.finish()
    return { list, ...(await this.#upload.commit(list)) }
  }

  abort(): Promise<void> {
    return this.#upload.abort()
  }
}

/** The content id is in flight until it is settled, as with `BlockStore.beginUpload`. */
export const beginPrivateUpload = (
  store: Pick<BlockStore, 'beginUpload'>,
  options: PrivateUploadOptions,
): PrivateUpload => {
  const { contentId, signal } = options
  // Ciphertexts are hashed here, just now.
  const upload = store.beginUpload({
    realm: PRIVATE_REALM,
    contentId,
    trusted: true,
    ...(signal === undefined ? {} : { signal }),
  })
  return new PrivateUpload(upload, options)
}
