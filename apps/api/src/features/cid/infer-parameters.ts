import { type InferenceReport, inferParameters } from '@packages/content/unixfs/infer-parameters'
import { canonicalCid, parseCid } from '@packages/shared/cid'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { Actor } from '../../authorization/actor.ts'
import { authorize } from '../../authorization/authorize.ts'
import { contentBlocks, type ContentBlocksDeps } from '../../content/content-blocks.ts'
import { holdsContent } from '../../content/holds-content.ts'

export type InferParametersDeps = ContentBlocksDeps

export type Inference = InferenceReport & { cid: string }

/** Importing again is work: of larger content only the nodes are looked at. */
const MAX_BYTES = 256 * 1024 * 1024
const MAX_MS = 30_000
const RETRY_AFTER = { 'retry-after': '5' }

/** Reads how content was imported, for one caller of an organization at a time. */
export class ParameterInference {
  readonly #deps: InferParametersDeps
  readonly #running = new Set<string>()

  constructor(deps: InferParametersDeps) {
    this.#deps = deps
  }

  /**
   * @throws HoldfastError `not_found` for content that the organization does not hold, `rate_limited` while another one
   *   runs, `not_supported` for other DAGs than UnixFS and when it takes too long
   */
  async infer(actor: Actor | null, text: string): Promise<Inference> {
    authorize(actor, 'files:read', {})
    const cid = parseCid(text)
    const { db } = this.#deps
    if (!(await holdsContent(db.kysely, actor.organizationId, cid))) throw new HoldfastError('not_found')
    if (this.#running.has(actor.organizationId))
      throw new HoldfastError('rate_limited', { detail: 'One at a time.', headers: RETRY_AFTER })
    this.#running.add(actor.organizationId)
    const late = new AbortController()
    const timer = setTimeout(() => late.abort(tooLong()), MAX_MS)
    try {
      const options = { signal: late.signal, limits: { maxBytes: MAX_BYTES } }
      return { cid: canonicalCid(cid), ...(await inferParameters(contentBlocks(this.#deps, cid), cid, options)) }
    } finally {
      clearTimeout(timer)
      this.#running.delete(actor.organizationId)
    }
  }
}

const tooLong = (): HoldfastError =>
  new HoldfastError('not_supported', { detail: `This content takes longer than ${MAX_MS / 1000} s to look through.` })
