import type { Database } from '@packages/db/open-database'
import { sql } from 'kysely'

/** Of a longer queue it is told that it has at least that many. */
const MAX_COUNTED = 10_000

/**
 * Copies of one node that the network is to be told of, as their rows say (ADR 0142): public, confirmed, and kept by somebody who is not suspended. All
 * times are the database's.
 */
export class AnnounceQueue {
  readonly #deps: { db: Pick<Database, 'kysely'>; nodeId: string }

  constructor(deps: { db: Pick<Database, 'kysely'>; nodeId: string }) {
    this.#deps = deps
  }

  /** The first of them, those that were never told before all others. */
  async due(limit: number): Promise<{ contentId: string; cid: string }[]> {
    const { rows } = await sql<{ contentId: string; cid: string }>`
      select r.content_id as "contentId", c.cid from ${this.#waiting()}
      order by r.announce_after nulls first limit ${limit}
    `.execute(this.#deps.db.kysely)
    return rows
  }

  async figures(): Promise<{ queued: number; lagSeconds: number | null }> {
    const { rows } = await sql<{ queued: number; lagSeconds: number | null }>`
      select count(*)::int as queued,
        extract(epoch from now() - min(coalesce(announce_after, pinned_at)))::float8 as "lagSeconds"
      from (select r.announce_after, r.pinned_at from ${this.#waiting()} limit ${MAX_COUNTED}) waiting
    `.execute(this.#deps.db.kysely)
    return rows[0] ?? { queued: 0, lagSeconds: null }
  }

  async announced(contentId: string, againAfterMs: number): Promise<void> {
    await this.#write(contentId, sql`announced_at = now(), announce_after = ${after(againAfterMs)}`)
  }

  /** It was not told now. */
  async postpone(contentId: string, ms: number): Promise<void> {
    await this.#write(contentId, sql`announce_after = ${after(ms)}`)
  }

  /** Which of these are still to be found here. */
  async live(cids: readonly string[]): Promise<Set<string>> {
    const { rows } = await sql<{ cid: string }>`
      select c.cid from ${this.#kept()} and c.cid = any(${[...cids]}::text[])
    `.execute(this.#deps.db.kysely)
    return new Set(rows.map(({ cid }) => cid))
  }

  #write(contentId: string, change: ReturnType<typeof sql>): Promise<unknown> {
    return sql`
      update replicas set ${change}
      where content_id = ${contentId} and node_id = ${this.#deps.nodeId} and status = 'pinned'
    `.execute(this.#deps.db.kysely)
  }

  #waiting() {
    return sql`${this.#kept()} and (r.announce_after is null or r.announce_after <= now())`
  }

  #kept() {
    return sql`
      replicas r join contents c on c.id = r.content_id
      where r.node_id = ${this.#deps.nodeId} and r.status = 'pinned' and c.realm = 'public' and c.state = 'held'
        and exists (
          select from pins p join organizations o on o.id = p.organization_id
          where p.content_id = c.id and o.state <> 'suspended')
    `
  }
}

const after = (ms: number) => sql`now() + ${ms}::float8 * interval '1 millisecond'`
