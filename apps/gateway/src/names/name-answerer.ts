import { compareIpnsRecords, InvalidIpnsRecord, readIpnsRecord } from '@packages/content/ipns/ipns-record'
import { putIpnsRecord } from '@packages/db/ipns/put-ipns-record'
import type { Database } from '@packages/db/open-database'
import type { MinimalLogger } from '@packages/runtime/minimal-logger'
import { type ClientNetworks, networksOf } from '../primary/network-of.ts'
import { OWN_FRESH_MS, pointerOf, recordAnswer } from './ipns-records.ts'
import type { FindDnslink } from './dnslink-finder.ts'
import { OURSELVES } from './look-up-places.ts'
import { type FoundPointer, resolveName } from './name-resolver.ts'
import type { NameAnswer, NameFailure, NameQuestion, PublishAnswer, RecordAnswer } from './name-question.ts'
import { type KeptRecord, RecordFinder } from './record-finder.ts'
import type { Routed, RoutedRecords } from './routed-records.ts'

export type NameAnswererDeps = {
  db: Pick<Database, 'kysely' | 'unitOfWork'>
  findDnslink: FindDnslink
  /** Asked for names that are not kept here, and beside for those whose key is elsewhere. */
  routed: Pick<RoutedRecords, 'find' | 'asksOthers'>
  logger: MinimalLogger
}

const UNAVAILABLE: NameFailure = { failure: 'unavailable', detail: 'The name could not be looked up.' }
const BUSY: NameFailure = { failure: 'unavailable', detail: 'Too many records are being published.' }
/** Workers ask again after this, for nobody tells of changes elsewhere; the primary keeps the record for its own time. */
const ROUTED_FRESH_MS = 60_000
/** Anybody may send records: they take this many connections of the database at most. */
const MAX_PUBLISHING = 2

const isNewerRecord = (one: Buffer, other: Buffer): boolean =>
  !one.equals(other) && compareIpnsRecords(readIpnsRecord(one), readIpnsRecord(other)) > 0

const isFailure = (routed: Routed): routed is NameFailure => routed !== undefined && !Buffer.isBuffer(routed)

/** The primary's side of questions about names: it has the database, and one cache of DNS for all workers. */
export class NameAnswerer {
  readonly #deps: NameAnswererDeps
  readonly #records: RecordFinder
  #publishing = 0

  constructor(deps: NameAnswererDeps) {
    this.#deps = deps
    this.#records = new RecordFinder(deps.db)
  }

  async answer(question: NameQuestion): Promise<NameAnswer> {
    const { findDnslink, logger } = this.#deps
    try {
      if (question.kind === 'publish') return await this.#publish(question.key, Buffer.from(question.record, 'base64'))
      const who = networksOf(question.client)
      if (question.kind === 'record') return await this.#record(question.key, who)
      return await resolveName(question.name, {
        findRecord: (key) => this.#pointer(key, who),
        findDnslink: (domain) => findDnslink(domain, who),
      })
    } catch (err) {
      logger.warn({ err }, 'a name could not be looked up')
      return UNAVAILABLE
    }
  }

  async #pointer(key: string, who: ClientNetworks): Promise<FoundPointer> {
    const kept = await this.#kept(key)
    // Of what others may have newer a worker asks again soon.
    const own = pointerOf(kept?.record, Date.now(), this.#mayBeElsewhere(kept) ? ROUTED_FRESH_MS : OWN_FRESH_MS)
    if (own !== null) return own
    const routed = await this.#routed(key, kept, who)
    return isFailure(routed) ? routed : pointerOf(routed, Date.now(), ROUTED_FRESH_MS)
  }

  async #record(key: string, who: ClientNetworks): Promise<RecordAnswer | NameFailure> {
    const kept = await this.#kept(key)
    const own = recordAnswer(kept?.record, Date.now())
    if (own.record !== null) return own
    const routed = await this.#routed(key, kept, who)
    return isFailure(routed) ? routed : recordAnswer(routed, Date.now())
  }

  /** What is kept here answers at once; whether others have a newer one is found out beside. */
  async #kept(key: string): Promise<KeptRecord | undefined> {
    const kept = await this.#records.find(key)
    if (this.#mayBeElsewhere(kept) && pointerOf(kept?.record, Date.now(), 0) !== null)
      void this.#routed(key, kept, OURSELVES).catch((err: unknown) =>
        this.#deps.logger.warn({ err }, 'a name could not be renewed'),
      )
    return kept
  }

  #mayBeElsewhere(kept: KeptRecord | undefined): boolean {
    return kept !== undefined && !kept.isOwn && this.#deps.routed.asksOthers
  }

  /** What others have. A newer one of a name that is kept here comes into force for all. */
  async #routed(key: string, kept: KeptRecord | undefined, who: ClientNetworks): Promise<Routed> {
    const routed = await this.#deps.routed.find(key, who)
    if (kept !== undefined && Buffer.isBuffer(routed) && isNewerRecord(routed, kept.record))
      await this.#deps.db.unitOfWork.run((uow) => putIpnsRecord(uow, { key, record: routed, register: false }))
    return routed
  }

  async #publish(key: string, record: Buffer): Promise<PublishAnswer | NameFailure> {
    if (this.#publishing >= MAX_PUBLISHING) return BUSY
    this.#publishing++
    try {
      const { unitOfWork } = this.#deps.db
      const { result } = await unitOfWork.run((uow) => putIpnsRecord(uow, { key, record, register: false }))
      if (result === 'stored' || result === 'held') return { published: true }
      if (result === 'too often') return BUSY
      return result === 'unknown'
        ? { published: false, registered: false, problem: 'This name is not registered here.' }
        : { published: false, registered: true, problem: 'A newer record is in force.' }
    } catch (error) {
      if (error instanceof InvalidIpnsRecord) return { published: false, registered: true, problem: error.message }
      throw error
    } finally {
      this.#publishing--
    }
  }
}
