import { compareIpnsRecords, readIpnsRecord } from '@packages/content/ipns/ipns-record'
import { newestRecord } from '@packages/content/ipns/newest-record'
import { putIpnsRecord } from '@packages/db/ipns/put-ipns-record'
import type { Database } from '@packages/db/open-database'
import type { MinimalLogger } from '@packages/runtime/minimal-logger'
import type { Service } from '@packages/runtime/service'
import { routingKeyOf } from '../network/ipns-values.ts'
import { RepeatingTask } from '../repeating-task.ts'
import { type DueRecord, DueRecords } from './due-records.ts'
import type { FindIpnsRouting, IpnsRouting } from './ipns-routing.ts'

export type IpnsRepublisherDeps = {
  db: Pick<Database, 'kysely' | 'unitOfWork'>
  /** Null while there is no network to be told. */
  routing: FindIpnsRouting
  /** What a denylist names is not kept alive, by its name or by the path that it leads to; nothing by default. */
  isDenied?: (name: string, value: string) => boolean
  logger: MinimalLogger
  now?: () => number
  settings?: Partial<{ everyMs: number; againAfterMs: number }>
}

const HOUR_MS = 60 * 60_000
/** Peers keep a record for 48 hours; who comes newly near to its key has it after four. */
const DEFAULTS = { everyMs: 2_000, againAfterMs: 4 * HOUR_MS }
const BATCH = 8
const AT_ONCE = 4
const FIND_MS = 30_000
const PUT_MS = 60_000
const AFTER_FAILURE_MS = 5 * 60_000

/** Keeps IPNS records alive in the DHT until their signed end. It takes no key for that: a record is signed once, and told again as it is. */
export class IpnsRepublisher implements Service {
  readonly name = 'ipns republisher'
  readonly stopTimeoutMs = 2_000
  readonly #deps: IpnsRepublisherDeps
  readonly #now: () => number
  readonly #due: DueRecords
  readonly #againAfterMs: number
  readonly #task: RepeatingTask

  constructor(deps: IpnsRepublisherDeps) {
    const { everyMs, againAfterMs } = { ...DEFAULTS, ...deps.settings }
    this.#deps = deps
    this.#now = deps.now ?? Date.now
    this.#againAfterMs = againAfterMs
    this.#due = new DueRecords({ db: deps.db, now: this.#now })
    const run = async (signal: AbortSignal): Promise<void> => void (await this.run(signal))
    this.#task = new RepeatingTask({ name: this.name, everyMs, run, logger: deps.logger })
  }

  async start(): Promise<void> {
    this.#task.start()
  }

  async stop(): Promise<void> {
    await this.#task.stop()
  }

  /** Tells the network of all that is due. @returns how many records it has taken */
  async run(signal: AbortSignal): Promise<number> {
    let taken = 0
    for (;;) {
      const routing = await this.#deps.routing()
      if (routing === null || routing.isAlone || signal.aborted) return taken
      const batch = await this.#due.claim(BATCH)
      let failures = 0
      const worker = async (): Promise<void> => {
        for (let next = batch.pop(); next !== undefined; next = batch.pop())
          if (await this.#tell(next, routing, signal)) taken++
          else failures++
      }
      const isFull = batch.length === BATCH
      await Promise.all(Array.from({ length: AT_ONCE }, worker))
      // A whole batch that nobody took: the network is away.
      if (!isFull || failures === BATCH) return taken
    }
  }

  async #tell(due: DueRecord, routing: IpnsRouting, signal: AbortSignal): Promise<boolean> {
    if (await this.#isDenied(due)) {
      await this.#due.postpone(due, AFTER_FAILURE_MS)
      return false
    }
    const current = due.is_own ? due : await this.#newest(due, routing, signal)
    if (current !== due && (await this.#isDenied(current))) {
      await this.#due.postpone(current, AFTER_FAILURE_MS)
      return false
    }
    const within = AbortSignal.any([signal, AbortSignal.timeout(PUT_MS)])
    const peers = await routing.putValue(routingKeyOf(current.name), current.record, within)
    if (peers === 0) {
      if (!signal.aborted) await this.#due.postpone(current, AFTER_FAILURE_MS)
      return false
    }
    await this.#due.told(current, this.#againAfterMs)
    this.#deps.logger.debug({ name: current.name, peers }, 'an IPNS record was told to the network')
    return true
  }

  async #isDenied({ name, record }: DueRecord): Promise<boolean> {
    const { isDenied } = this.#deps
    return (await this.#due.isTakenDown(name)) || isDenied?.(name, readIpnsRecord(record).value) === true
  }

  /** Whoever has the key may have published elsewhere: our record must not bring an old one back, and is replaced by theirs. */
  async #newest(due: DueRecord, routing: IpnsRouting, signal: AbortSignal): Promise<DueRecord> {
    const within = AbortSignal.any([signal, AbortSignal.timeout(FIND_MS)])
    const asked = routing.findValues(routingKeyOf(due.name), within).catch(() => null)
    const values = (await asked) ?? []
    const found = newestRecord(due.name, values, this.#now())
    if (found === undefined || compareIpnsRecords(found.record, readIpnsRecord(due.record)) <= 0) return due
    const { db } = this.#deps
    const put = { key: due.name, record: found.bytes, register: false, now: this.#now() }
    await db.unitOfWork.run((uow) => putIpnsRecord(uow, put))
    return { ...due, record: found.bytes }
  }
}
