import type { BlockCipher } from './block-cipher.ts'
import type { PageReference, Run } from './manifest-head.ts'
import { ManifestPage, type Place } from './manifest-page.ts'
import { pageKey } from './page-key.ts'

/** Pages that are kept open: 5 MB or so. */
const KEPT_PAGES = 64

type GetOptions = { signal?: AbortSignal }
export type GetCiphertext = (place: Place, options: GetOptions) => Promise<Uint8Array>
export type FoundPlace = { key: Buffer; place: Place }

/** Finds places in a manifest, a page in each run at most; neighbours of what was found last are found first. */
export class ManifestReader {
  readonly #cipher: BlockCipher
  readonly #ciphertext: GetCiphertext
  #runs: readonly Run[]
  readonly #pages = new Map<PageReference, ManifestPage>()

  constructor(cipher: BlockCipher, runs: readonly Run[], ciphertext: GetCiphertext) {
    this.#cipher = cipher
    this.#runs = runs
    this.#ciphertext = ciphertext
  }

  /** The place of this key, or of the same multihash under another codec: the bytes are the same. */
  async find(key: Buffer, multihash: Buffer, options: GetOptions): Promise<FoundPlace | undefined> {
    return (await this.#search(key, key, options)) ?? this.#search(multihash, multihash, options)
  }

  async #search(from: Buffer, prefix: Buffer, options: GetOptions): Promise<FoundPlace | undefined> {
    for (const run of this.#runs) {
      const found = await this.#searchRun(run, from, options)
      if (found === undefined || !found.key.subarray(0, prefix.length).equals(prefix)) continue
      if (this.#runs[0] !== run) this.#runs = [run, ...this.#runs.filter((other) => other !== run)]
      return found
    }
    return undefined
  }

  async #searchRun(run: Run, from: Buffer, options: GetOptions): Promise<FoundPlace | undefined> {
    let index = lastNotAbove(run, from)
    // The key may begin the page behind the one that it would lie in.
    for (let tries = 0; tries < 2; tries++, index++) {
      const reference = run[Math.max(index, 0)]
      if (reference === undefined) return undefined
      const found = (await this.#page(reference, options)).firstFrom(from)
      if (found !== undefined) return found
    }
    return undefined
  }

  async #page(reference: PageReference, options: GetOptions): Promise<ManifestPage> {
    let page = this.#pages.get(reference)
    if (page === undefined) {
      const ciphertext = await this.#ciphertext(reference.place, options)
      page = new ManifestPage(this.#cipher.open(pageKey(reference.digest), ciphertext, reference.place.tag))
    }
    // The one that was used last goes last.
    this.#pages.delete(reference)
    this.#pages.set(reference, page)
    const [oldest] = this.#pages.keys()
    if (this.#pages.size > KEPT_PAGES && oldest !== undefined) this.#pages.delete(oldest)
    return page
  }
}

/** -1 when all pages begin above. */
const lastNotAbove = (run: Run, key: Buffer): number => {
  let low = 0
  let high = run.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (Buffer.compare(run[middle]?.first ?? key, key) <= 0) low = middle + 1
    else high = middle
  }
  return low - 1
}
