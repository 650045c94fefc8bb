import { type Kysely, sql } from 'kysely'
import type { Tables } from '../tables.ts'

export type AuditActor = { pseudonym: string; clientKey: Buffer }

const MAX_REMEMBERED = 20_000

/** Pseudonyms of users, remembered: a change costs no look-up for a caller that was seen before. */
export class AuditActors {
  readonly #known = new Map<string, AuditActor>()

  /** @param db the transaction of the change, as it may have made the user */
  async find(db: Kysely<Tables>, userIds: ReadonlySet<string>): Promise<ReadonlyMap<string, AuditActor>> {
    const found = new Map<string, AuditActor>()
    const unknown: string[] = []
    for (const id of userIds) {
      const known = this.#known.get(id)
      if (known === undefined) unknown.push(id)
      else found.set(id, known)
    }
    if (unknown.length === 0) return found
    // A user that this very transaction made is not remembered: it may be rolled back, and made again.
    const { rows } = await sql<{ user_id: string; pseudonym: string; client_key: Buffer; settled: boolean }>`
      select user_id, pseudonym, client_key, xmin is distinct from pg_current_xact_id_if_assigned()::xid as settled
      from audit_actors where user_id = any(${unknown}::uuid[])
    `.execute(db)
    for (const { user_id, pseudonym, client_key: clientKey, settled } of rows) {
      found.set(user_id, { pseudonym, clientKey })
      if (settled) this.#remember(user_id, { pseudonym, clientKey })
    }
    return found
  }

  #remember(userId: string, actor: AuditActor): void {
    if (this.#known.size >= MAX_REMEMBERED) this.#known.clear()
    this.#known.set(userId, actor)
  }
}
