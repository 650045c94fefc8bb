import type { BlockStore } from '@packages/content/block-store/block-store'
import type { Database } from '@packages/db/open-database'
import { refreshPins } from '@packages/db/pins/refresh-pins'
import { parseCid } from '@packages/shared/cid'
import { sql } from 'kysely'
import { countCopies } from '../count-copies.ts'
import type { PinBackend } from '../pin-backend.ts'

export type LetGoDeps = {
  db: Pick<Database, 'kysely' | 'unitOfWork'>
  store: Pick<BlockStore, 'release' | 'hasRoot'>
  backend: Pick<PinBackend, 'replicas'>
  /** The own store's row in `nodes`. */
  nodeId: string
  /** As many nodes have to say that they have it, or more where its pins wish for more. */
  leastCopies: number
}

/** Public content with a copy here, and the nodes that have confirmed it. */
export type OwnCopy = { id: string; cid: string; bytes: number; need: number; holders: string[] }

const ASK_MS = 10_000

/**
 * A page of what the own store could let go, the oldest first: as many active nodes that are up have confirmed it as have to, in each zone that has to have a copy, and
 * none has lost it.
 */
export const ownCopiesAfter = async (
  { db, nodeId, leastCopies }: LetGoDeps,
  after: string,
  limit: number,
): Promise<OwnCopy[]> => {
  const { rows } = await sql<OwnCopy>`
    select c.id, c.cid, coalesce(c.dag_size, 0) as bytes, greatest(c.copies_min, ${leastCopies}::int) as need,
      array_agg(o.node_id::text) as holders
    from replicas r join contents c on c.id = r.content_id
      join replicas o on o.content_id = c.id and o.status = 'pinned'
      join nodes n on n.id = o.node_id and ${isGoodNode}
    where r.node_id = ${nodeId} and r.status = 'pinned' and c.id > ${after}::uuid and c.state = 'held' and c.realm = 'public'
      and not exists (select from replicas l where l.content_id = c.id and l.status in ('lost', 'unreachable'))
    group by c.id, c.cid, c.dag_size, c.copies_min, c.zones
    having count(*) >= greatest(c.copies_min, ${leastCopies}::int) and c.zones <@ array_agg(n.zone)
    order by c.id limit ${limit}
  `.execute(db.kysely)
  return rows
}

const isGoodNode = sql`n.kind <> 'embedded' and n.role = 'store' and n.intent = 'active' and n.state = 'up'`

/**
 * Lets copies of the own store go. The nodes are asked once more, now; then the row says that the content is read from them, and only then do the blocks go. Who is
 * killed in between leaves a root that nobody counts on: `giveBackLetGo`.
 * @returns what went
 */
export const letGoCopies = async (
  deps: LetGoDeps,
  copies: readonly OwnCopy[],
  signal: AbortSignal,
): Promise<OwnCopy[]> => {
  const said = await askNodes(deps, copies, signal)
  const sure = copies.filter(({ id, need }) => (said.get(id)?.length ?? 0) >= need)
  if (sure.length === 0) return []
  const gone = new Set(await writeDown(deps, sure, said))
  const went = sure.filter(({ id }) => gone.has(id))
  for (const { id } of went) await deps.store.release(id)
  return went
}

/** Of each content the nodes that say now that they have it. */
const askNodes = async (
  { backend }: LetGoDeps,
  copies: readonly OwnCopy[],
  signal: AbortSignal,
): Promise<Map<string, string[]>> => {
  const said = new Map<string, string[]>()
  const nodeIds = [...new Set(copies.flatMap(({ holders }) => holders))]
  await Promise.all(
    nodeIds.map(async (nodeId) => {
      const roots = copies
        .filter(({ holders }) => holders.includes(nodeId))
        .map(({ id, cid, bytes }) => ({
          contentId: id,
          cid: parseCid(cid),
          network: 'public' as const,
          dagSize: bytes,
        }))
      const words = await backend.replicas(nodeId, roots, AbortSignal.any([signal, AbortSignal.timeout(ASK_MS)])).catch(
        // A node that cannot be asked has said nothing.
        () => [],
      )
      for (const { contentId, state } of words)
        if (state === 'pinned') said.set(contentId, [...(said.get(contentId) ?? []), nodeId])
    }),
  )
  signal.throwIfAborted()
  return said
}

/** In the transaction that takes the copy away everything is looked at once more: a node may have lost it, or be on its way to let it go. */
const writeDown = async (
  { db, nodeId }: LetGoDeps,
  copies: readonly OwnCopy[],
  said: ReadonlyMap<string, string[]>,
): Promise<string[]> => {
  const { result } = await db.unitOfWork.run(async (uow) => {
    const ids = copies.map(({ id }) => id)
    await sql`select from contents where id = any(${ids}::uuid[]) order by id for update`.execute(uow.tx)
    const { rows } = await sql<{ id: string; holders: string[] }>`
      select c.id, array_agg(o.node_id::text) as holders
      from contents c join replicas o on o.content_id = c.id and o.status = 'pinned'
        join nodes n on n.id = o.node_id and ${isGoodNode}
      where c.id = any(${ids}::uuid[]) and c.state = 'held'
        and exists (select from replicas r where r.content_id = c.id and r.node_id = ${nodeId} and r.status = 'pinned')
        and not exists (select from replicas l where l.content_id = c.id and l.status in ('lost', 'unreachable'))
      group by c.id, c.zones
      having c.zones <@ array_agg(n.zone)
    `.execute(uow.tx)
    const need = new Map(copies.map((copy) => [copy.id, copy.need]))
    const gone = rows
      .filter(({ id, holders }) => {
        const both = holders.filter((holder) => said.get(id)?.includes(holder))
        return both.length >= (need.get(id) ?? Number.POSITIVE_INFINITY)
      })
      .map(({ id }) => id)
    if (gone.length === 0) return gone
    await sql`update contents set let_go_at = now() where id = any(${gone}::uuid[])`.execute(uow.tx)
    await sql`delete from replicas where node_id = ${nodeId} and content_id = any(${gone}::uuid[])`.execute(uow.tx)
    await countCopies(uow.tx, gone)
    await refreshPins(uow, gone, { reason: 'The copy in the own store was let go.' })
    return gone
  })
  return result
}

const PAGE = 1_000
const FIRST_ID = '00000000-0000-0000-0000-000000000000'

/** Gives back what was written down as gone and is here still, as after a kill. @returns how many roots */
export const giveBackLetGo = async ({ db, store, nodeId }: LetGoDeps, signal: AbortSignal): Promise<number> => {
  let count = 0
  for (let after = FIRST_ID; ; ) {
    signal.throwIfAborted()
    const { rows } = await sql<{ id: string }>`
      select c.id from contents c where c.let_go_at is not null and c.id > ${after}::uuid and c.state = 'held'
        and not exists (select from replicas r where r.content_id = c.id and r.node_id = ${nodeId})
      order by c.id limit ${PAGE}
    `.execute(db.kysely)
    const last = rows.at(-1)
    if (last === undefined) return count
    after = last.id
    for (const { id } of rows) if (store.hasRoot(id) && (await store.release(id))) count++
  }
}
