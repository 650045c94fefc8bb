import { hash } from 'node:crypto'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { CID } from 'multiformats/cid'
import type { BlockKey } from '../block-store/block-key.ts'
import { DAG_LIMITS } from '../dag/dag-limits.ts'
import type { BlockCipher } from './block-cipher.ts'
import { HeadWriter, type WrittenPage } from './manifest-head.ts'
import { encodePage, joinPlace, type Place } from './manifest-page.ts'
import { pageKey } from './page-key.ts'

/** Entries that are sorted together: 1.5 MB or so. */
const RUN_ENTRIES = 16_384
const PAGE_ENTRIES = 1_024
/** What a head adds to its plaintext, and more. */
const HEAD_ROOM = 64

/** Takes a ciphertext in and tells where it is. */
export type PutCiphertext = (ciphertext: Buffer) => Promise<Buffer>

/**
 * Writes which plaintext is which ciphertext, in runs of sorted pages, each as soon as it is full: memory does not grow with the content, except by
 * 120 bytes for each page. Pages are blocks like others; only the head is found from outside.
 */
export class ManifestWriter {
  readonly #cipher: BlockCipher
  readonly #put: PutCiphertext
  readonly #head = new HeadWriter()
  #run = new Map<BlockKey, Buffer>()

  constructor(cipher: BlockCipher, put: PutCiphertext) {
    this.#cipher = cipher
    this.#put = put
  }

  /** Of those that came last: what is not remembered may come again. */
  has(key: BlockKey): boolean {
    return this.#run.has(key)
  }

  async add(key: BlockKey, place: Place): Promise<void> {
    this.#run.set(key, joinPlace(place))
    if (this.#run.size >= RUN_ENTRIES) await this.#writeRun()
  }

  async #writeRun(): Promise<void> {
    const entries = [...this.#run].sort(([a], [b]) => (a < b ? -1 : 1))
    this.#run = new Map()
    const pages: WrittenPage[] = []
    for (let at = 0; at < entries.length; at += PAGE_ENTRIES) {
      const page = entries.slice(at, at + PAGE_ENTRIES)
      const bytes = encodePage(page)
      const digest = hash('sha256', bytes, 'buffer')
      const { ciphertext, tag } = this.#cipher.seal(pageKey(digest), bytes)
      pages.push({ first: page[0]?.[0] ?? '', digest, place: { digest: await this.#put(ciphertext), tag } })
    }
    // At once: files of one folder may come side by side, and each may fill a run.
    this.#head.addRun(pages)
    if (this.#head.bytes > DAG_LIMITS.maxBlockBytes - HEAD_ROOM - DAG_LIMITS.maxIdentityBytes)
      throw new HoldfastError('payload_too_large', { detail: 'A private content may have some 15 million blocks.' })
  }

  /** Writes what is left, and the head last. */
  async finish(root: CID): Promise<void> {
    if (this.#run.size > 0) await this.#writeRun()
    await this.#put(this.#cipher.sealHead(this.#head.finish(root)))
  }
}
