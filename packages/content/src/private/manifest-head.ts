import { CID } from 'multiformats/cid'
import { type BlockKey, keyToBytes } from '../block-store/block-key.ts'
import { joinPlace, PLACE_BYTES, type Place, splitPlace } from './manifest-page.ts'
import { PrivateContentDamaged } from './private-content-damaged.ts'

const DIGEST_BYTES = 32

/** `first`: the lowest key of the page. `digest`: of its plaintext. */
export type PageReference = { first: Buffer; digest: Buffer; place: Place }
/** Pages of entries that came together, sorted; the runs of a manifest overlap. */
export type Run = readonly PageReference[]
export type ManifestHead = { root: CID; runs: readonly Run[] }

export type WrittenPage = { first: BlockKey; digest: Uint8Array; place: Place }

/** length u8 ‖ root ‖ for each run: pages u32 ‖ for each page: length u8 ‖ first key ‖ digest of the plaintext ‖ place */
export class HeadWriter {
  #parts: Uint8Array[] = []
  #bytes = 0

  get bytes(): number {
    return this.#bytes
  }

  #push(...parts: Uint8Array[]): void {
    for (const part of parts) this.#bytes += part.length
    this.#parts.push(...parts)
  }

  /** In the order of their first keys. */
  addRun(pages: readonly WrittenPage[]): void {
    const count = Buffer.alloc(4)
    count.writeUInt32BE(pages.length)
    this.#push(count)
    for (const { first, digest, place } of pages)
      this.#push(Uint8Array.of(first.length), keyToBytes(first), digest, joinPlace(place))
  }

  finish(root: CID): Buffer {
    return Buffer.concat([Uint8Array.of(root.bytes.length), root.bytes, ...this.#parts])
  }
}

/** @throws PrivateContentDamaged */
export const decodeHead = (bytes: Buffer): ManifestHead => {
  let at = 0
  const take = (length: number): Buffer => {
    const part = bytes.subarray(at, at + length)
    if (part.length !== length) throw new PrivateContentDamaged('the head of a manifest is cut off')
    at += length
    return part
  }
  const root = CID.decode(new Uint8Array(take(take(1)[0] ?? 0)))
  const runs: Run[] = []
  while (at < bytes.length) {
    const run: PageReference[] = []
    for (let left = take(4).readUInt32BE(); left > 0; left--) {
      const first = take(take(1)[0] ?? 0)
      run.push({ first, digest: take(DIGEST_BYTES), place: splitPlace(take(PLACE_BYTES)) })
    }
    runs.push(run)
  }
  return { root, runs }
}
