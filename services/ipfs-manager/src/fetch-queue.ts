import { randomUUID } from 'node:crypto'
import type { Database } from '@packages/db/open-database'
import { refreshPins } from '@packages/db/pins/refresh-pins'
import type { UnitOfWorkContext } from '@packages/db/unit-of-work'
import { sql } from 'kysely'
import { queueArrivals } from './queue-arrivals.ts'
import type { DueFetch } from './fetch-plan.ts'
import type { FetchProgress } from './pin-backend.ts'

export type FetchQueueDeps = {
  db: Pick<Database, 'kysely' | 'unitOfWork'>
  /** After that time without a sign of life anybody may take a fetch over. */
  leaseMs: number
}

export type TakenFetch = { contentId: string; attempts: number; ageMs: number }
export type FetchFailure = { code: string; message: string }

/** The last peers that were tried are told. */
const PROVIDERS_KEPT = 20
/** For each slot, so that the plan has something to choose from. */
const CANDIDATES_PER_SLOT = 4
/** Of a lease, while it is not written again. */
const LEASE_KEPT = 2 / 3

/**
 * Rows of `fetches` and `fetch_queue`, as the pin loop works them off (ADR 0124). All times are the database's: clocks of processes decide nothing.
 * Whatever is written about a fetch needs its lease; without it the write does nothing.
 */
export class FetchQueue {
  readonly #deps: FetchQueueDeps
  readonly #me = randomUUID()

  constructor(deps: FetchQueueDeps) {
    this.#deps = deps
  }

  /** Some of what is due, of every organization that has something due: its cost grows with organizations, not with what they want. */
  async due(slots: number): Promise<DueFetch[]> {
    await queueArrivals(this.#deps.db, { atLeast: slots * CANDIDATES_PER_SLOT })
    const { rows } = await sql<DueFetch>`
      with recursive turn (organization_id) as (
        (select organization_id from fetch_queue order by organization_id limit 1)
        union all
        select (
          select q.organization_id from fetch_queue q where q.organization_id > t.organization_id
          order by q.organization_id limit 1)
        from turn t where t.organization_id is not null
      )
      select d.content_id as "contentId", t.organization_id as "organizationId",
        (extract(epoch from d.due_at) * 1000)::float8 as "dueAt"
      from turn t cross join lateral (
        select q.content_id, q.due_at from fetch_queue q
        where q.organization_id = t.organization_id and q.due_at <= now()
        order by q.due_at, q.content_id
        limit (select greatest(1, ${slots * CANDIDATES_PER_SLOT} / count(*)) from turn)
      ) d
      where t.organization_id is not null
    `.execute(this.#deps.db.kysely)
    return rows
  }

  /** Takes those of them that nobody else has taken, for as long as the lease is renewed. */
  async take(contentIds: readonly string[]): Promise<TakenFetch[]> {
    if (contentIds.length === 0) return []
    const { result } = await this.#deps.db.unitOfWork.run(async (uow) => {
      const { rows } = await sql<TakenFetch>`
        update fetches f set state = 'running', phase = 'searching', attempts = attempts + 1, leased_by = ${this.#me},
          leased_until = ${this.#lease()}, blocks = 0, bytes = 0, progress_at = clock_timestamp()
        from (
          select content_id from fetches
          where content_id = any(${[...contentIds]}::uuid[]) and state in ('queued', 'waiting')
          order by content_id for update skip locked
        ) free
        where f.content_id = free.content_id
        returning f.content_id as "contentId", f.attempts,
          (extract(epoch from clock_timestamp() - f.begun_at) * 1000)::float8 as "ageMs"
      `.execute(uow.tx)
      const ids = rows.map((row) => row.contentId)
      await sql`update fetch_queue set due_at = 'infinity' where content_id = any(${ids}::uuid[])`.execute(uow.tx)
      await refreshPins(uow, ids)
      return rows
    })
    return result
  }

  /**
   * Those of them that are still ours, for as long again; what is not: nobody wants it any more, or another has taken it over. A lease is written again when a
   * third of it is gone: this is asked at each look, and as many rows would be written and synced each time.
   */
  async renew(contentIds: readonly string[]): Promise<Set<string>> {
    if (contentIds.length === 0) return new Set()
    const ours = sql`content_id = any(${[...contentIds]}::uuid[]) and leased_by = ${this.#me} and state = 'running'`
    const { rows } = await sql<{ content_id: string }>`
      with old as (
        select content_id from fetches where ${ours} and leased_until < ${this.#lease(LEASE_KEPT)}
        order by content_id for update
      ), renewed as (
        update fetches f set leased_until = ${this.#lease()} from old where f.content_id = old.content_id
      )
      select content_id from fetches where ${ours}
    `.execute(this.#deps.db.kysely)
    return new Set(rows.map((row) => row.content_id))
  }

  /** Puts back what its worker has left behind. */
  async takeBack(): Promise<number> {
    const { rows } = await sql`
      with lost as (
        update fetches f set state = 'waiting', phase = null, leased_by = null, leased_until = null
        from (
          select content_id from fetches where state = 'running' and leased_until < clock_timestamp()
          order by content_id for update skip locked
        ) late
        where f.content_id = late.content_id
        returning f.content_id
      )
      update fetch_queue q set due_at = now() from lost where q.content_id = lost.content_id returning q.content_id
    `.execute(this.#deps.db.kysely)
    return rows.length
  }

  /** Notes how far it is. What no pin waits for is not told of. */
  async progress(contentId: string, nodeId: string, { phase, blocks, bytes, providers }: FetchProgress): Promise<void> {
    await sql`
      update fetches set phase = ${phase}, blocks = greatest(blocks, ${blocks}), bytes = greatest(bytes, ${bytes}),
        node_id = ${nodeId}, progress_at = clock_timestamp(),
        providers = (
          select coalesce(jsonb_agg(p order by at), '[]') from (
            select p, at from jsonb_array_elements(providers || ${JSON.stringify(providers)}::jsonb) with ordinality as x (p, at)
            order by at desc limit ${PROVIDERS_KEPT}
          ) kept)
      where content_id = ${contentId} and leased_by = ${this.#me}
    `.execute(this.#deps.db.kysely)
  }

  /** Tries again after a time; at once without a failure, and then it was no try. */
  async putBack(contentId: string, { delayMs, failure }: { delayMs: number; failure?: FetchFailure }): Promise<void> {
    await this.#end(contentId, async ({ tx }) => {
      await sql`
        update fetches set state = 'waiting', phase = null, leased_by = null, leased_until = null,
          attempts = attempts - ${failure === undefined ? 1 : 0},
          error = coalesce(${failure?.message ?? null}, error), error_code = coalesce(${failure?.code ?? null}, error_code)
        where content_id = ${contentId}
      `.execute(tx)
      await sql`
        update fetch_queue set due_at = now() + ${delayMs}::float8 * interval '1 millisecond' where content_id = ${contentId}
      `.execute(tx)
    })
  }

  /** Ends it for good; whoever still wants it asks for another try. */
  async giveUp(contentId: string, { code, message }: FetchFailure): Promise<void> {
    await this.#end(contentId, async ({ tx }) => {
      await sql`
        update fetches set state = 'failed', phase = null, leased_by = null, leased_until = null,
          error = ${message}, error_code = ${code}
        where content_id = ${contentId}
      `.execute(tx)
    })
  }

  async #end(contentId: string, write: (uow: UnitOfWorkContext) => Promise<void>): Promise<void> {
    await this.#deps.db.unitOfWork.run(async (uow) => {
      const { rows } = await sql`
        select from fetches where content_id = ${contentId} and leased_by = ${this.#me} and state = 'running' for update
      `.execute(uow.tx)
      if (rows.length === 0) return
      await write(uow)
      await refreshPins(uow, [contentId])
    })
  }

  #lease(part = 1) {
    return sql`clock_timestamp() + ${part * this.#deps.leaseMs}::float8 * interval '1 millisecond'`
  }
}
