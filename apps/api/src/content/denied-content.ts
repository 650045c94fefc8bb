import type { BlockSource } from '@packages/content/block-source'
import type { Takedowns } from '@packages/db/takedowns'
import { parseCid } from '@packages/shared/cid'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { CID } from 'multiformats/cid'

/** What gateways answer for it, and the operator's case where there is one. */
export type Denied = { status: 410 | 451; caseNumber: string | null }

export type DeniedContentDeps = {
  takedowns: Pick<Takedowns, 'of' | 'size'>
  /** The operator's denylists; none by default. */
  denylist?: { statusOfBlock(cid: CID): Denied['status'] | null } | undefined
}

const MAX_READ = 10_000

/** What may neither be taken in nor be served, whoever holds it: takedowns, and the operator's denylists. */
export class DeniedContent {
  readonly #deps: DeniedContentDeps
  /** CIDs of rows by their texts: reading one costs more than all else that is done for it, and pages are asked for again. Some 600 bytes each. */
  readonly #read = new Map<string, CID>()

  constructor(deps: DeniedContentDeps) {
    this.#deps = deps
  }

  /** Undefined for what is not denied. */
  of(cid: CID): Denied | undefined {
    const takedown = this.#deps.takedowns.of(cid)
    if (takedown !== undefined) return takedown
    const status = this.#deps.denylist?.statusOfBlock(cid) ?? null
    return status === null ? undefined : { status, caseNumber: null }
  }

  /** Before anything is pinned or stored under this root. @throws HoldfastError `content_denied` */
  refuse(root: CID): void {
    const denied = this.of(root)
    if (denied === undefined) return
    const detail =
      denied.caseNumber === null
        ? 'A denylist of this platform names it.'
        : `The operator has taken it down: case ${denied.caseNumber}.`
    throw new HoldfastError('content_denied', { detail })
  }

  /** Blocks below this root. It is asked for with each of them, so that what is under way ends when it is denied. `get` throws as `refuse` does. */
  reading(root: CID, blocks: BlockSource): BlockSource {
    return {
      get: async (cid, options) => {
        this.refuse(root)
        this.refuse(cid)
        return blocks.get(cid, options)
      },
    }
  }

  /** What a row of an owner says of itself: nothing for most. */
  told(row: { cid: string }): { denied?: Denied } {
    if (this.#deps.takedowns.size === 0 && this.#deps.denylist === undefined) return {}
    const denied = this.of(this.#cidOf(row.cid))
    return denied === undefined ? {} : { denied }
  }

  #cidOf(text: string): CID {
    const known = this.#read.get(text)
    if (known !== undefined) return known
    const cid = parseCid(text)
    if (this.#read.size >= MAX_READ) this.#read.clear()
    this.#read.set(text, cid)
    return cid
  }
}
