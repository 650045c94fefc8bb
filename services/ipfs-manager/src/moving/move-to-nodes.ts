import type { Database } from '@packages/db/open-database'
import { sql } from 'kysely'
import type { Move } from './move.ts'
import { nodesAway } from './nodes-away.ts'
import { endMoved } from './verify-copies.ts'

const PAGE = 2_000
const FIRST_ID = '00000000-0000-0000-0000-000000000000'

/**
 * The move of what the own store has to Kubo nodes: every public content is to be on that many of them, each copy read back block by block. The own store
 * keeps its copies. May be begun again at any time: what is verified already does not move again.
 */
export const moveToNodes = ({ db }: { db: Pick<Database, 'kysely'> }, copies: number): Move => ({
  begin: async () => {
    for (let after: string | undefined = FIRST_ID; after !== undefined; ) after = await markPage(db, copies, after)
    await endMoved({ db })
  },
  figures: async () => {
    const { rows } = await sql<{ contents: number; bytes: number; atWork: number; problems: number }>`
      select count(*) as contents, coalesce(sum(c.dag_size), 0)::bigint as bytes,
        (select count(*) from contents c join replicas r on r.content_id = c.id
          where c.moving_copies is not null and r.status = 'pinning') as "atWork",
        (select count(*) from contents c join replicas r on r.content_id = c.id join nodes n on n.id = r.node_id
          where c.moving_copies is not null and r.error is not null and n.kind = 'kubo') as problems
      from contents c where c.moving_copies is not null and c.state = 'held'
    `.execute(db.kysely)
    return { contents: 0, bytes: 0, atWork: 0, problems: 0, ...rows[0], leaving: 0 }
  },
  problems: async () => {
    const { rows } = await sql<{ line: string }>`
      select n.name || ': ' || r.error || ' (' || count(*) || ' contents)' as line
      from contents c join replicas r on r.content_id = c.id join nodes n on n.id = r.node_id
      where c.moving_copies is not null and r.error is not null and n.kind = 'kubo'
      group by n.name, r.error order by count(*) desc limit 20
    `.execute(db.kysely)
    return [...(await nodesAway(db, sql`n.intent = 'active'`)), ...rows.map(({ line }) => line)]
  },
  isAttended: async () => {
    const { rows } = await sql`
      select from nodes where kind = 'kubo' and intent = 'active' and state = 'up' and seen_at > now() - interval '30 seconds'
    `.execute(db.kysely)
    return rows.length > 0
  },
})

/** Its own copy counts as one of the copies that are wished for. */
const markPage = ({ kysely }: Pick<Database, 'kysely'>, copies: number, after: string): Promise<string | undefined> =>
  kysely.transaction().execute(async (tx) => {
    const { rows } = await sql<{ id: string }>`
      select id from contents where state = 'held' and realm = 'public' and id > ${after}::uuid
      order by id limit ${PAGE} for update
    `.execute(tx)
    const ids = rows.map(({ id }) => id)
    const { rows: marked } = await sql<{ id: string }>`
      update contents c set moving_copies = ${copies}, place_after = null, copies_max = greatest(c.copies_max, ${copies} + 1)
      where c.id = any(${ids}::uuid[]) and (
        select count(*) from replicas r join nodes n on n.id = r.node_id
        where r.content_id = c.id and r.status = 'pinned' and r.verified_at is not null and n.kind = 'kubo'
          and n.intent = 'active') < ${copies}
      returning c.id
    `.execute(tx)
    // What a content needs is what its pins say.
    await sql`
      update pins set replication_max = greatest(replication_max, ${copies} + 1)
      where content_id = any(${marked.map(({ id }) => id)}::uuid[]) and not is_private
    `.execute(tx)
    return ids.length === PAGE ? ids.at(-1) : undefined
  })
