import { sql } from 'kysely'

/** What a node (`n`) pins of a content (`c`): of a private one a tree of links, where the own store has a list (ADR 0161). */
export const cidOnNode = sql<string>`case when n.kind = 'embedded' then c.cid else coalesce(c.node_cid, c.cid) end`
