import { setTimeout as sleep } from 'node:timers/promises'
import { type AuditTrail, currentTrail } from '@packages/runtime/audit-trail'
import type { DomainEvent } from '@packages/shared/events'
import type { JobName, JobPayload } from '@packages/shared/jobs'
import type { LogPosition, PolicyEntry } from '@packages/shared/policy-log'
import type { Kysely, RawBuilder, Transaction } from 'kysely'
import { appendOutbox } from './append-outbox.ts'
import { AuditActors } from './audit/audit-actors.ts'
import { type AuditEntry, auditEntryOf } from './audit/audit-entry.ts'
import { auditRows } from './audit/audit-rows.ts'
import type { JobQueue } from './jobs.ts'
import type { Tables } from './tables.ts'
import { isRetryable } from './postgres-errors.ts'

export type RecordOptions = {
  /** Of the request that asked for it, where that is not the one being worked on; null when none did. */
  trail?: AuditTrail | null
  /** false: another event of the same change stands in the audit log for this one. */
  audited?: boolean
}

/** What a change may use inside of its transaction: no pool, no network. */
export type UnitOfWorkContext = {
  readonly tx: Transaction<Tables>
  /** Writes an event to the outbox and to the audit log, with the change. */
  record(event: DomainEvent, options?: RecordOptions): void
  /** Sends a job, with the change; workers wake at commit. */
  send<N extends JobName>(name: N, payload: JobPayload<N>): void
  /** Appends to the policy log, with the change; gateways wake at commit. */
  policy(entry: PolicyEntry): void
  /** Writes rows and what was recorded so far by one statement; see `appendOutbox`. After the `last` one nothing may come. */
  writeWithOutbox(rows: RawBuilder<unknown>, options: { last: boolean }): Promise<void>
}

export type Committed<T> = {
  result: T
  /** The last policy entry's place; undefined when the change wrote none. */
  policyPosition?: LogPosition
}

const MAX_TRIES = 6

/** Runs changes in one transaction each, together with their events, jobs and policy entries. */
export class UnitOfWork {
  readonly #kysely: Kysely<Tables>
  readonly #jobs: JobQueue
  readonly #auditActors = new AuditActors()

  constructor(kysely: Kysely<Tables>, jobs: JobQueue) {
    this.#kysely = kysely
    this.#jobs = jobs
  }

  /**
   * Runs `work` in a transaction (read committed) and commits. Serialization failures and deadlocks run it again, up
   * to five times, so it must not touch anything outside of `uow`. Jobs, events and entries are written at the end,
   * in the order of the calls.
   */
  async run<T>(work: (uow: UnitOfWorkContext) => Promise<T>): Promise<Committed<T>> {
    await this.#jobs.prepare()
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#kysely.transaction().execute((tx) => this.#once(tx, work))
      } catch (error) {
        if (attempt === MAX_TRIES || !isRetryable(error)) throw error
        await sleep(Math.random() * 5 * 2 ** attempt)
      }
    }
  }

  async #once<T>(tx: Transaction<Tables>, work: (uow: UnitOfWorkContext) => Promise<T>): Promise<Committed<T>> {
    let events: DomainEvent[] = []
    let entries: PolicyEntry[] = []
    let audit: AuditEntry[] = []
    let policyPosition: LogPosition | undefined
    const jobs = new Map<JobName, JobPayload<JobName>[]>()
    const append = async (rows: RawBuilder<unknown> | undefined, last: boolean): Promise<void> => {
      const told = { events, entries, audit: await auditRows(tx, this.#auditActors, audit) }
      events = []
      entries = []
      audit = []
      policyPosition = (await appendOutbox(tx, told, { rows, last })) ?? policyPosition
    }
    const record = (event: DomainEvent, { trail = currentTrail(), audited = true }: RecordOptions = {}): void => {
      events.push(event)
      const entry = audited ? auditEntryOf(event, trail) : undefined
      if (entry === undefined) return
      audit.push(entry)
      if (trail !== null) trail.written++
    }
    const result = await work({
      tx,
      record,
      send: (name, payload) => void jobs.set(name, [...(jobs.get(name) ?? []), payload]),
      policy: (entry) => void entries.push(entry),
      writeWithOutbox: (rows, { last }) => append(rows, last),
    })
    for (const [name, payloads] of jobs) await this.#jobs.insert(tx, name, payloads)
    if (events.length > 0 || entries.length > 0) await append(undefined, true)
    return policyPosition === undefined ? { result } : { result, policyPosition }
  }
}
