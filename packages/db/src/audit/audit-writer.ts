import type { MinimalLogger } from '@packages/runtime/minimal-logger'
import { type Kysely, sql } from 'kysely'
import type { Tables } from '../tables.ts'
import { AuditActors } from './audit-actors.ts'
import type { AuditEntry } from './audit-entry.ts'
import { auditRows, insertAuditRows } from './audit-rows.ts'
import { foldRefusals, type NotedEntry } from './fold-refusals.ts'

export type AuditWriterDeps = {
  kysely: Kysely<Tables>
  logger: MinimalLogger
  /** Stands for an address that no account has; keyed, so that the log cannot be tried out for addresses. */
  hashAccount(email: string): string
}

const FLUSH_MS = 500
const MAX_WAITING = 10_000

/**
 * Writes what leaves no change behind: refusals, and reads of secrets. Twice a second and set-based, beside the requests:
 * they neither wait for it nor can be told apart by its time. A crash loses what was noted in the last half second.
 */
export class AuditWriter {
  readonly #deps: AuditWriterDeps
  readonly #actors = new AuditActors()
  #waiting: NotedEntry[] = []
  #dropped = 0
  #timer: NodeJS.Timeout | undefined
  #writing: Promise<void> = Promise.resolve()

  constructor(deps: AuditWriterDeps) {
    this.#deps = deps
  }

  start(): void {
    this.#timer = setInterval(() => void this.flush(), FLUSH_MS)
    this.#timer.unref()
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await this.flush()
  }

  note(entry: NotedEntry): void {
    if (this.#waiting.length < MAX_WAITING) this.#waiting.push(entry)
    else this.#dropped++
  }

  /** Resolves when all that was noted before is written. */
  flush(): Promise<void> {
    this.#writing = this.#writing.then(() => this.#write())
    return this.#writing
  }

  async #write(): Promise<void> {
    if (this.#waiting.length === 0) return
    const { kysely, logger } = this.#deps
    const noted = this.#waiting
    this.#waiting = []
    if (this.#dropped > 0)
      logger.error({ dropped: this.#dropped }, 'refusals came faster than the audit log takes them')
    this.#dropped = 0
    try {
      const entries = foldRefusals(await this.#name(noted))
      const rows = await auditRows(kysely, this.#actors, entries)
      await sql`/* prepared */ ${insertAuditRows(rows)}`.execute(kysely)
    } catch (error) {
      logger.error({ err: error, rows: noted.length }, 'refusals could not be written to the audit log; they are kept')
      this.#waiting = [...noted, ...this.#waiting].slice(0, MAX_WAITING)
    }
  }

  /** Who a tried e-mail address belongs to is looked up here, where it takes the caller no time. */
  async #name(noted: readonly NotedEntry[]): Promise<NotedEntry[]> {
    const emails = [...new Set(noted.flatMap(({ account }) => (account === undefined ? [] : [account])))]
    if (emails.length === 0) return [...noted]
    const { rows } = await sql<{ id: string; email: string }>`
      select id, lower(email) as email from users where lower(email) = any(${emails})
    `.execute(this.#deps.kysely)
    const owners = new Map(rows.map(({ id, email }) => [email, id]))
    return noted.map(({ account, ...entry }): AuditEntry => {
      if (account === undefined) return entry
      const userId = owners.get(account) ?? null
      if (userId !== null) return { ...entry, userId, resourceKind: 'account' }
      return { ...entry, resourceKind: 'account', resourceId: this.#deps.hashAccount(account) }
    })
  }
}
