import type { Database } from '@packages/db/open-database'
import { sql } from 'kysely'
import type { Move } from './move.ts'
import { nodesAway } from './nodes-away.ts'
import { endMoved } from './verify-copies.ts'

const PAGE = 2_000
const FIRST_ID = '00000000-0000-0000-0000-000000000000'

/**
 * The move of what the own store has to Kubo nodes: every content is to be on that many of them, each copy read back block by block; private content on private
 * nodes, as many as there are, and without such nodes where it is. The own store keeps its copies. May be begun again at any time: what is verified already does not move again.
 */
export const moveToNodes = ({ db }: { db: Pick<Database, 'kysely'> }, copies: number): Move => ({
  begin: async () => {
    const ofPrivate = Math.min(copies, await privateNodes(db))
    const wished = { public: copies, private: ofPrivate }
    for (let after: string | undefined = FIRST_ID; after !== undefined; ) after = await markPage(db, wished, after)
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
    return [
      ...(await nodesAway(db, sql`n.intent = 'active'`)),
      ...rows.map(({ line }) => line),
      ...(await stayingPrivate(db)),
    ]
  },
  isAttended: async () => {
    const { rows } = await sql`
      select from nodes where kind = 'kubo' and intent = 'active' and state = 'up' and seen_at > now() - interval '30 seconds'
    `.execute(db.kysely)
    return rows.length > 0
  },
})

const privateNodes = async ({ kysely }: Pick<Database, 'kysely'>): Promise<number> => {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from nodes
    where kind = 'kubo' and network = 'private' and intent = 'active' and role = 'store'
  `.execute(kysely)
  return rows[0]?.count ?? 0
}

/** What does not move, as there is nowhere to. */
const stayingPrivate = async (db: Pick<Database, 'kysely'>): Promise<string[]> => {
  if ((await privateNodes(db)) > 0) return []
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from contents where state = 'held' and realm = 'private'
  `.execute(db.kysely)
  const count = rows[0]?.count ?? 0
  return count === 0 ? [] : [`${count} private contents stay in the own store: no node is private`]
}

/** Its own copy counts as one of the copies that are wished for. */
const markPage = (
  { kysely }: Pick<Database, 'kysely'>,
  wished: { public: number; private: number },
  after: string,
): Promise<string | undefined> =>
  kysely.transaction().execute(async (tx) => {
    const { rows } = await sql<{ id: string }>`
      select id from contents where state = 'held' and id > ${after}::uuid
      order by id limit ${PAGE} for update
    `.execute(tx)
    const ids = rows.map(({ id }) => id)
    const copies = sql`case when c.realm = 'private' then ${wished.private}::int else ${wished.public}::int end`
    const { rows: marked } = await sql<{ id: string }>`
      update contents c set moving_copies = ${copies}, place_after = null, copies_max = greatest(c.copies_max, ${copies} + 1)
      where c.id = any(${ids}::uuid[]) and (
        select count(*) from replicas r join nodes n on n.id = r.node_id
        where r.content_id = c.id and r.status = 'pinned' and r.verified_at is not null and n.kind = 'kubo'
          and n.intent = 'active' and (c.realm = 'public' or n.network = 'private')) < ${copies}
      returning c.id
    `.execute(tx)
    // What a content needs is what its pins say.
    await sql`
      update pins p set replication_max = greatest(p.replication_max, ${copies} + 1)
      from contents c where c.id = p.content_id and c.id = any(${marked.map(({ id }) => id)}::uuid[])
    `.execute(tx)
    return ids.length === PAGE ? ids.at(-1) : undefined
  })
