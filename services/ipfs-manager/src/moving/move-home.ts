import type { Database } from '@packages/db/open-database'
import { refreshPins } from '@packages/db/pins/refresh-pins'
import { sql } from 'kysely'
import type { Move } from './move.ts'
import { nodesAway } from './nodes-away.ts'

const PAGE = 1_000
const FIRST_ID = '00000000-0000-0000-0000-000000000000'

type Deps = { db: Pick<Database, 'kysely' | 'unitOfWork'> }

/**
 * The move of what nodes have that the platform leaves (`leaveNodes`) to the own store. A copy goes from its node when the own store's was read back block by block.
 * @param oneCopy the own store is one copy: pins that ask for more ask for one from now on. Without it, what they ask for stays where it is.
 */
export const moveHome = ({ db }: Deps, { oneCopy }: { oneCopy: boolean }): Move => ({
  begin: async () => {
    for (let after: string | undefined = FIRST_ID; after !== undefined; )
      after = await beginPage({ db }, { oneCopy, after })
  },
  figures: async () => {
    const { rows } = await sql<{ contents: number; bytes: number; leaving: number; atWork: number; problems: number }>`
      with here as (
        select r.content_id, bool_or(r.status <> 'releasing') as stays,
          count(*) filter (where r.status = 'releasing') as leaving
        from replicas r join nodes n on n.id = r.node_id where n.is_leaving group by r.content_id)
      select count(*) filter (where h.stays) as contents, coalesce(sum(c.dag_size) filter (where h.stays), 0)::bigint as bytes,
        coalesce(sum(h.leaving), 0)::bigint as leaving,
        count(*) filter (where exists (
          select from replicas o where o.content_id = c.id and o.status = 'pinning')) as "atWork",
        count(*) filter (where exists (
          select from replicas o where o.content_id = c.id and o.error is not null)) as problems
      from here h join contents c on c.id = h.content_id
    `.execute(db.kysely)
    return { contents: 0, bytes: 0, leaving: 0, atWork: 0, problems: 0, ...rows[0] }
  },
  problems: async () => {
    const { rows } = await sql<{ line: string }>`
      select n.name || ': ' || r.error || ' (' || count(*) || ' contents)' as line
      from replicas r join nodes n on n.id = r.node_id
      where r.error is not null and r.content_id in (
        select o.content_id from replicas o join nodes l on l.id = o.node_id where l.is_leaving)
      group by n.name, r.error order by count(*) desc limit 20
    `.execute(db.kysely)
    const many = await askingForMore(db)
    return [
      ...(await nodesAway(db, sql`n.is_leaving`)),
      ...rows.map(({ line }) => line),
      ...(many === 0
        ? []
        : [`${many} pins ask for more copies than the own store can give, which is one: -- --one-copy lowers them`]),
    ]
  },
  isAttended: async () => {
    const { rows } = await sql`
      select from nodes where is_leaving and state = 'up' and seen_at > now() - interval '30 seconds'
    `.execute(db.kysely)
    return rows.length > 0
  },
})

const askingForMore = async ({ kysely }: Pick<Database, 'kysely'>): Promise<number> => {
  const { rows } = await sql<{ many: number }>`
    select count(*) as many from pins p where p.replication_min > 1 and p.content_id in (
      select r.content_id from replicas r join nodes n on n.id = r.node_id where n.is_leaving)
  `.execute(kysely)
  return rows[0]?.many ?? 0
}

const beginPage = async (
  { db }: Deps,
  { oneCopy, after }: { oneCopy: boolean; after: string },
): Promise<string | undefined> => {
  const { result } = await db.unitOfWork.run(async (uow) => {
    const { rows } = await sql<{ id: string }>`
      select c.id from contents c where c.id > ${after}::uuid and c.id in (
        select r.content_id from replicas r join nodes n on n.id = r.node_id where n.is_leaving)
      order by c.id limit ${PAGE} for update
    `.execute(uow.tx)
    const ids = rows.map(({ id }) => id)
    await sql`
      update contents set place_after = null, moving_copies = null where id = any(${ids}::uuid[]) and state = 'held'
    `.execute(uow.tx)
    if (oneCopy) {
      await sql`
        update pins set replication_min = 1, replication_max = 1
        where content_id = any(${ids}::uuid[]) and (replication_min, replication_max) <> (1, 1)
      `.execute(uow.tx)
      await sql`
        update contents set copies_min = 1, copies_max = 1
        where id = any(${ids}::uuid[]) and (copies_min, copies_max) <> (1, 1)
      `.execute(uow.tx)
      await refreshPins(uow, ids)
    }
    return ids.length === PAGE ? ids.at(-1) : undefined
  })
  return result
}
