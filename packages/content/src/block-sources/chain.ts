import type { CID } from 'multiformats/cid'
import type { BlockSource } from '../block-source.ts'

/** A source that can be named, in logs and in what is told of a healed block. */
export type NamedSource = BlockSource & { readonly name: string }

/** None of the sources had the block, and some of them could not even be asked. */
export class SourcesFailed extends Error {
  override readonly name = 'SourcesFailed'
}

/** Several sources, asked one after the other. */
export class SourceChain implements BlockSource {
  readonly #sources: readonly NamedSource[]

  constructor(sources: readonly NamedSource[]) {
    this.#sources = sources
  }

  get isEmpty(): boolean {
    return this.#sources.length === 0
  }

  /**
   * The block's verified bytes and the source that had it; `undefined` when none has it.
   * @throws SourcesFailed when none has it and at least one could not say; the signal's reason when aborted
   */
  async find(
    cid: CID,
    options: { signal?: AbortSignal } = {},
  ): Promise<{ bytes: Uint8Array; from: string } | undefined> {
    const problems: string[] = []
    for (const source of this.#sources) {
      options.signal?.throwIfAborted()
      try {
        const bytes = await source.get(cid, options)
        if (bytes !== undefined) return { bytes, from: source.name }
      } catch (error) {
        options.signal?.throwIfAborted()
        problems.push(`${source.name}: ${error instanceof Error ? error.message : String(error)}`)
      }
    }
    if (problems.length > 0) throw new SourcesFailed(problems.join('; '))
    return undefined
  }

  async get(cid: CID, options: { signal?: AbortSignal } = {}): Promise<Uint8Array | undefined> {
    return (await this.find(cid, options))?.bytes
  }
}
