import type { Database } from '@packages/db/open-database'
import type { HealthAlarm } from './health-report.ts'

/** A node as it was last heard of. */
export type NodeHealth = {
  name: string
  network: string
  zone: string
  state: string
  reason: string | null
  since: Date
  version: string | null
  capacityBytes: number | null
  usedBytes: number | null
  /** Copies that it has confirmed, and that are to come. */
  pinned: number
  waiting: number
}

/** As the start writes it of a node that the settings name no more. */
const NOT_NAMED = 'It is not in KUBO_NODES.'

/** The Kubo nodes, but for those that were taken out and hold nothing. */
export const readKuboNodes = async ({ pool }: Pick<Database, 'pool'>): Promise<NodeHealth[]> => {
  const { rows } = await pool.query<NodeHealth>(
    `
    select n.name, n.network, n.zone, n.state, n.state_reason as reason, n.state_since as since, n.version,
      n.capacity_bytes as "capacityBytes", n.used_bytes as "usedBytes",
      (select count(*) from replicas r where r.node_id = n.id and r.status = 'pinned')::int as pinned,
      (select count(*) from replicas r
        where r.node_id = n.id and r.status in ('assigned', 'pinning', 'lost', 'error'))::int as waiting
    from nodes n where n.kind = 'kubo' and n.intent <> 'removed'
      and (n.state_reason is distinct from $1 or exists (select from replicas r where r.node_id = n.id))
    order by n.name`,
    [NOT_NAMED],
  )
  return rows
}

export const isPool = (nodes: readonly NodeHealth[]): boolean => nodes.some(({ reason }) => reason !== NOT_NAMED)

/** What an operator must look at: nodes that do not answer, or must not be used. */
export const nodeAlarms = (nodes: readonly NodeHealth[]): HealthAlarm[] =>
  nodes.flatMap(({ name, state, reason, since }) =>
    state === 'down' || state === 'refused'
      ? [{ code: `node_${state}`, since: since.toISOString(), detail: `${name}: ${reason ?? 'It does not answer.'}` }]
      : [],
  )
