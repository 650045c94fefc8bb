import type { Database } from '@packages/db/open-database'
import { sql } from 'kysely'

const MAX_DELEGATES = 20
/** Lists ask for them each time, and nodes are looked at every five seconds. */
const KEPT_MS = 2_000

/** Where clients reach the public nodes that are up, as these were last asked; nothing while none is. The first address of each comes before the second of any. */
export const kuboDelegates = ({ kysely }: Pick<Database, 'kysely'>): (() => Promise<readonly string[]>) => {
  let kept: { at: number; addresses: Promise<readonly string[]> } | undefined
  return () => {
    const now = performance.now()
    if (kept !== undefined && now - kept.at < KEPT_MS) return kept.addresses
    kept = { at: now, addresses: readAddresses(kysely) }
    kept.addresses.catch(() => {
      kept = undefined
    })
    return kept.addresses
  }
}

const readAddresses = async (kysely: Database['kysely']): Promise<string[]> => {
  const { rows } = await sql<{ address: string }>`
    select a.address from nodes n, unnest(n.addresses) with ordinality as a (address, at)
    where n.kind = 'kubo' and n.network = 'public' and n.state = 'up' and n.intent = 'active'
    order by a.at, n.name limit ${MAX_DELEGATES}
  `.execute(kysely)
  return rows.map(({ address }) => address)
}
