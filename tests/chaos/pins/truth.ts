import type { DatabaseServer } from './database-server.ts'
import { type NodePool, pinsOn } from './node-pool.ts'

/** What the platform says of one content. */
export type Told = {
  cid: string
  /** Nodes that have confirmed it, as the rows say. */
  nodes: string[]
  /** Whether the own store is one of those that have. */
  own: boolean
  /** Of a private content: public nodes that count. */
  strayed: string[]
  /** The largest minimum of its pins that are told `pinned`; null when none is. */
  pinnedMin: number | null
  /** Whether the Pinning Service API tells somebody `pinned`. */
  psaPinned: boolean
}

const TOLD = `
  select coalesce(c.node_cid, c.cid) as cid,
    coalesce(array_agg(n.name) filter (where r.status = 'pinned' and n.kind = 'kubo'), '{}') as nodes,
    coalesce(bool_or(r.status = 'pinned' and n.kind = 'embedded'), false) as own,
    coalesce(array_agg(n.name) filter (where c.realm = 'private' and r.status = 'pinned' and n.network = 'public'
      and n.kind = 'kubo'), '{}') as strayed,
    (select max(p.replication_min) from pins p where p.content_id = c.id and p.status = 'pinned') as "pinnedMin",
    exists (select from pins p where p.content_id = c.id and p.psa_status = 'pinned') as "psaPinned"
  from contents c left join replicas r on r.content_id = c.id left join nodes n on n.id = r.node_id
  where c.state <> 'released' and c.realm in ('public', 'private')
  group by c.id`

export const readTold = (database: DatabaseServer): Promise<Told[]> => database.ask<Told>(TOLD)

/** The least number of copies of each pin, by its requestid. */
export const readMinima = async (database: DatabaseServer): Promise<ReadonlyMap<string, number>> =>
  new Map(
    (await database.ask<{ id: string; min: number }>('select id, replication_min as min from pins')).map(
      ({ id, min }) => [id, min],
    ),
  )

/** What nodes say themselves; null for one that does not answer. */
export type Listed = ReadonlyMap<string, ReadonlySet<string> | null>

export const readListed = async ({ nodes }: NodePool): Promise<Listed> =>
  new Map(await Promise.all(nodes.map(async (node) => [node.name, await pinsOn(node)] as const)))

/** What is told and is not so, if it stays. */
export type Lie = {
  /** The same for as long as it is the same lie, whatever it says in between. */
  about: string
  text: string
  /** It would be so with the copies of nodes that do not answer: those are believed until silence is taken for a loss. */
  isBySilence: boolean
}

/** A copy in the own store is looked at by reading it. */
export const liesIn = (told: readonly Told[], listed: Listed): Lie[] => {
  const isSilent = (name: string): boolean => listed.get(name) == null
  return told.flatMap(({ cid, nodes, own, strayed, pinnedMin, psaPinned }) => {
    const without = nodes.filter((name) => listed.get(name)?.has(cid) !== true)
    const confirmed = nodes.length - without.length + (own ? 1 : 0)
    const believed = confirmed + without.filter(isSilent).length
    const short = (about: string, min: number, text: string): Lie[] => {
      const isBySilence = believed >= min
      const why = isBySilence ? '; nodes do not answer' : ''
      return confirmed < min ? [{ about: `${cid} ${about}`, text: `${cid} ${text}${why}`, isBySilence }] : []
    }
    return [
      ...strayed.map((name) => ({
        about: `${cid} strayed to ${name}`,
        text: `${cid} is private and counts as confirmed by ${name}, a public node`,
        isBySilence: false,
      })),
      ...without.map((name) => ({
        about: `${cid} ${name}`,
        text: `${cid} counts as confirmed by ${name}, which does not ${isSilent(name) ? 'answer' : 'list it'}`,
        isBySilence: isSilent(name),
      })),
      ...short(
        'pinned',
        pinnedMin ?? 0,
        `is told pinned, and ${confirmed} of at least ${pinnedMin} copies are confirmed`,
      ),
      ...short('psa', psaPinned ? 1 : 0, 'is told pinned to the Pinning Service API, and nobody has it'),
    ]
  })
}
