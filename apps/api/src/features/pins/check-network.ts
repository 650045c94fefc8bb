import type { Database } from '@packages/db/open-database'
import { parseCid } from '@packages/shared/cid'
import type { CheckedFinding, Findability } from '@services/ipfs-manager/network/findability'
import { unknownFinding } from '@services/ipfs-manager/network/finding'
import { sql } from 'kysely'
import type { z } from 'zod'
import type { networkCheckSchema } from './schemas.ts'

export type CheckNetworkDeps = {
  db: Pick<Database, 'kysely'>
  /** Asks the public network; without it nobody can be asked. */
  findability?: Pick<Findability, 'check'>
}

export type NetworkCheck = z.infer<typeof networkCheckSchema>

/** What the public network says of these pins' contents, by pin. Private contents are left out: to ask for a CID is to tell it. */
export const checkNetwork = async (
  { db, findability }: CheckNetworkDeps,
  pinIds: readonly string[],
): Promise<Map<string, NetworkCheck>> => {
  const { rows } = await sql<{ id: string; cid: string; announced_at: Date | null }>`
    select p.id, c.cid, (select max(r.announced_at) from replicas r where r.content_id = c.id) as announced_at
    from pins p join contents c on c.id = p.content_id and c.realm = 'public'
    where p.id = any(${[...pinIds]}::uuid[])
  `.execute(db.kysely)
  const asked = new Map<string, Promise<CheckedFinding> | undefined>()
  for (const { cid } of rows) if (!asked.has(cid)) asked.set(cid, findability?.check(parseCid(cid)))
  const checks = new Map<string, NetworkCheck>()
  for (const { id, cid, announced_at } of rows) {
    const { state, reason, isOurs, providers, asked: peers, checkedAt } = (await asked.get(cid)) ?? nobodyToAsk()
    checks.set(id, {
      state,
      reason,
      ours: isOurs,
      providers: [...providers],
      asked: peers,
      checkedAt: checkedAt.toISOString(),
      announcedAt: announced_at?.toISOString() ?? null,
    })
  }
  return checks
}

const nobodyToAsk = (): CheckedFinding => ({
  ...unknownFinding('There is no network to ask.'),
  checkedAt: new Date(),
})
