import type { LookUpTxt } from '@packages/runtime/dns/txt-look-up'
import type { MinimalLogger } from '@packages/runtime/minimal-logger'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { Database } from '../open-database.ts'
import type { Committed } from '../unit-of-work.ts'
import { claimDueLooks, type ClaimedLook, claimLook, type LookIntervals } from './claim-looks.ts'
import { lookUpProofs } from './domain-proof.ts'
import { readLook, saysNothingNew } from './judge-look.ts'
import { settleLook, standingOf, WATCH_MS } from './settle-look.ts'

export type DomainLooksDeps = {
  db: Pick<Database, 'kysely' | 'unitOfWork'>
  lookUp: LookUpTxt
  logger: MinimalLogger
  intervals?: LookIntervals
}

/** Two of these and the look-ups are less than the minute in which a domain without its record has to stop. */
export const SERVED_EVERY_MS = 15_000
const WAITING_EVERY_MS = 60_000
/** At once, by one process. */
const BATCH = 200
const MAX_ASKED = 64

/** Looks at the DNS of domains of gateways, and puts in force what stands there. */
export class DomainLooks {
  readonly #deps: DomainLooksDeps
  readonly #intervals: LookIntervals
  #asked = 0

  constructor(deps: DomainLooksDeps) {
    this.#deps = deps
    this.#intervals = deps.intervals ?? { servedEveryMs: SERVED_EVERY_MS, waitingEveryMs: WAITING_EVERY_MS }
  }

  /** Looks at one because somebody asks for it. @throws HoldfastError `not_found`, `unavailable` */
  async lookAt(id: string, actorId: string | null): Promise<Committed<void>> {
    if (this.#asked >= MAX_ASKED)
      throw new HoldfastError('unavailable', {
        detail: 'Too many domains are being looked up.',
        headers: { 'Retry-After': '5' },
      })
    this.#asked++
    try {
      const { servedEveryMs } = this.#intervals
      const claimed = await claimLook(this.#deps.db.kysely, id, { servedEveryMs, watchMs: WATCH_MS })
      if (claimed === undefined) throw new HoldfastError('not_found')
      return await this.#look(claimed, actorId)
    } finally {
      this.#asked--
    }
  }

  /** Looks at all that are due. Processes share them: none is looked at by two. @returns how many they were */
  async lookAtDue(signal?: AbortSignal): Promise<number> {
    const { db, logger } = this.#deps
    let looked = 0
    for (;;) {
      const claimed = await claimDueLooks(db.kysely, { ...this.#intervals, limit: BATCH })
      looked += claimed.length
      await Promise.all(
        claimed.map((one) =>
          this.#look(one, null).catch((err: unknown) =>
            logger.error({ err, domain: one.domain }, 'a domain of a gateway could not be looked at; it is soon again'),
          ),
        ),
      )
      if (claimed.length < BATCH || signal?.aborted === true) return looked
    }
  }

  /** Asks outside of any transaction. */
  async #look(claimed: ClaimedLook, actorId: string | null): Promise<Committed<void>> {
    const { id, domain, proof, at } = claimed
    const found = await lookUpProofs(domain, this.#deps.lookUp)
    if (saysNothingNew(standingOf(claimed), readLook(proof, found))) return { result: undefined }
    return settleLook(this.#deps.db.unitOfWork, { id, domain, at, found }, actorId)
  }
}
