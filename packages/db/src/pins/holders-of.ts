import { type Kysely, sql } from 'kysely'
import type { Tables } from '../tables.ts'

/** The nodes besides the own store that have confirmed a public root (canonical), while it is held; those that are silent, too. */
export const holdersOf = async (kysely: Kysely<Tables>, cid: string): Promise<string[]> => {
  const { rows } = await sql<{ id: string }>`
    select r.node_id as id from replicas r join nodes n on n.id = r.node_id join contents c on c.id = r.content_id
    where c.realm = 'public' and c.cid = ${cid} and c.state = 'held' and r.status in ('pinned', 'unreachable')
      and n.kind <> 'embedded'
  `.execute(kysely)
  return rows.map(({ id }) => id)
}

/** The same of a private content, which has an id and no CID that anybody else could know. */
export const holdersOfPrivate = async (kysely: Kysely<Tables>, contentId: string): Promise<string[]> => {
  const { rows } = await sql<{ id: string }>`
    select r.node_id as id from replicas r join nodes n on n.id = r.node_id join contents c on c.id = r.content_id
    where c.id = ${contentId} and c.realm = 'private' and c.state = 'held' and r.status in ('pinned', 'unreachable')
      and n.network = 'private' and n.kind <> 'embedded'
  `.execute(kysely)
  return rows.map(({ id }) => id)
}

export type FarContent = { contentId: string; holders: string[] }

/**
 * Of these CIDs (canonical), those that are roots of public content which nodes have confirmed and which somebody who is not suspended has pinned: what anybody may
 * read from there.
 * @returns one for each, in their order; undefined for what may not be read
 */
export const findFarContents = async (
  kysely: Kysely<Tables>,
  cids: readonly string[],
): Promise<(FarContent | undefined)[]> => {
  const { rows } = await sql<FarContent & { place: string }>`
    select asked.place::text as place, c.id as "contentId", array_agg(r.node_id::text order by r.node_id) as holders
    from unnest(${[...cids]}::text[]) with ordinality as asked (cid, place)
      join contents c on c.realm = 'public' and c.cid = asked.cid and c.state = 'held'
      join replicas r on r.content_id = c.id and r.status in ('pinned', 'unreachable')
      join nodes n on n.id = r.node_id and n.kind <> 'embedded'
    where exists (
      select from pins p join organizations o on o.id = p.organization_id
      where p.content_id = c.id and o.state <> 'suspended')
    group by asked.place, c.id
  `.execute(kysely)
  const found = new Map(rows.map(({ place, ...content }) => [Number(place) - 1, content]))
  return cids.map((_, index) => found.get(index))
}
