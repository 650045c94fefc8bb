import type { BlockStore } from '@packages/content/block-store/block-store'
import type { Database } from '@packages/db/open-database'
import { refreshPins } from '@packages/db/pins/refresh-pins'
import type { Tables } from '@packages/db/tables'
import { parseCid } from '@packages/shared/cid'
import { type RawBuilder, sql, type Transaction } from 'kysely'
import { confirmReplica } from '../confirm-replica.ts'
import { countCopies } from '../count-copies.ts'
import type { PinBackend, PinNetwork } from '../pin-backend.ts'

export type LetGoDeps = {
  db: Pick<Database, 'kysely' | 'unitOfWork'>
  store: Pick<BlockStore, 'release' | 'hasRoot'>
  backend: Pick<PinBackend, 'replicas'>
  /** The own store's row in `nodes`. */
  nodeId: string
  /** As many nodes have to say that they have it, or more where its pins wish for more. */
  leastCopies: number
}

/** Content with a copy here (`cid` as nodes pin it), and the nodes that have confirmed it. */
export type OwnCopy = { id: string; cid: string; realm: PinNetwork; bytes: number; need: number; holders: string[] }

const ASK_MS = 10_000

/** `next`: where the page behind begins; undefined at the end. */
export type OwnCopies = { copies: OwnCopy[]; next: string | undefined }

/** Copies of the own store that one page looks at: where hardly any may go, a look at all of them would last for minutes (ADR 0164). */
const LOOKED_AT = 2_000

/**
 * A page of what the own store could let go, the oldest first: as many active nodes that are up have confirmed it as have to, in each zone that has to have a copy, and
 * none has lost it.
 */
export const ownCopiesAfter = async (deps: LetGoDeps, after: string, limit: number): Promise<OwnCopies> => {
  const { rows: own } = await sql<{ id: string }>`
    select content_id as id from replicas
    where node_id = ${deps.nodeId} and status = 'pinned' and content_id > ${after}::uuid
    order by content_id limit ${LOOKED_AT}
  `.execute(deps.db.kysely)
  const ids = own.map(({ id }) => id)
  const { rows: copies } = await heldByEnough(
    deps,
    sql`c.id = any(${ids}::uuid[])`,
    sql`order by c.id limit ${limit}`,
  ).execute(deps.db.kysely)
  if (copies.length === limit) return { copies, next: copies.at(-1)?.id }
  return { copies, next: ids.length === LOOKED_AT ? ids.at(-1) : undefined }
}

/** Contents of which enough good nodes have a copy, with these nodes: the only ground on which a copy of the own store goes. */
const heldByEnough = ({ leastCopies }: LetGoDeps, which: RawBuilder<unknown>, page = sql``) => sql<OwnCopy>`
  select c.id, coalesce(c.node_cid, c.cid) as cid, c.realm, coalesce(c.dag_size, 0) as bytes, greatest(c.copies_min, ${leastCopies}::int) as need,
    array_agg(o.node_id::text) as holders
  from contents c join replicas o on o.content_id = c.id and o.status = 'pinned'
    join nodes n on n.id = o.node_id and n.kind <> 'embedded' and n.role = 'store' and n.intent = 'active' and n.state = 'up'
  where c.state = 'held' and c.moving_copies is null and ${which}
    -- Private content is read from private nodes alone, whatever a row says of others.
    and (c.realm = 'public' or (n.network = 'private' and c.node_cid is not null))
    -- Found damaged when it was read back, or somebody else's to take away.
    and o.error is null and not o.is_foreign
    and not exists (select from replicas l where l.content_id = c.id and l.status in ('lost', 'unreachable'))
  group by c.id, c.cid, c.node_cid, c.realm, c.dag_size, c.copies_min, c.zones
  having count(*) >= greatest(c.copies_min, ${leastCopies}::int) and c.zones <@ array_agg(n.zone) ${page}
`

const isOwn = ({ nodeId }: LetGoDeps) =>
  sql`exists (select from replicas r where r.content_id = c.id and r.node_id = ${nodeId} and r.status = 'pinned')`

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
        .map(({ id, cid, realm, bytes }) => ({
          contentId: id,
          cid: parseCid(cid),
          network: realm,
          dagSize: bytes,
        }))
      const words = await backend.replicas(nodeId, roots, AbortSignal.any([signal, AbortSignal.timeout(ASK_MS)])).catch(
        // A node that cannot be asked has said nothing.
        () => [],
      )
      for (const word of words) {
        if (word.state !== 'pinned' || word.isForeign) continue
        const { contentId } = word
        said.set(contentId, [...(said.get(contentId) ?? []), nodeId])
      }
    }),
  )
  signal.throwIfAborted()
  return said
}

type Said = ReadonlyMap<string, readonly string[]>

/**
 * Locks contents and looks once more, after the nodes were asked: what those that have said so hold is enough still. A node may have lost it meanwhile, or be on its
 * way to let it go, or a pin wish for more.
 */
const lockSure = async (deps: LetGoDeps, tx: Transaction<Tables>, said: Said): Promise<string[]> => {
  const ids = [...said.keys()]
  await sql`select from contents where id = any(${ids}::uuid[]) order by id for update`.execute(tx)
  const pairs = [...said].flatMap(([id, nodeIds]) => nodeIds.map((nodeId) => ({ id, nodeId })))
  const hasSaid = sql`(o.content_id, o.node_id) in (select * from unnest(
    ${pairs.map(({ id }) => id)}::uuid[], ${pairs.map(({ nodeId }) => nodeId)}::uuid[]))`
  const { rows } = await heldByEnough(deps, hasSaid).execute(tx)
  return rows.map(({ id }) => id)
}

const writeDown = async (deps: LetGoDeps, copies: readonly OwnCopy[], said: Said): Promise<string[]> => {
  const { result } = await deps.db.unitOfWork.run(async (uow) => {
    const sure = await lockSure(deps, uow.tx, new Map(copies.map(({ id }) => [id, said.get(id) ?? []])))
    const { rows } = await sql<{ id: string }>`
      update contents c set let_go_at = now() where id = any(${sure}::uuid[]) and ${isOwn(deps)} returning c.id
    `.execute(uow.tx)
    const gone = rows.map(({ id }) => id)
    if (gone.length === 0) return gone
    await sql`delete from replicas where node_id = ${deps.nodeId} and content_id = any(${gone}::uuid[])`.execute(uow.tx)
    await countCopies(uow.tx, gone)
    await refreshPins(uow, gone, { reason: 'The copy in the own store was let go.' })
    return gone
  })
  return result
}

/** No more than nodes can answer for in time. */
const PAGE = 100
const FIRST_ID = '00000000-0000-0000-0000-000000000000'

type LetGo = { id: string; dagSize: number; blocks: number }

/**
 * What was written down as gone and is here still, as after a kill or in a store that was restored, goes on the same ground as it would have then; what the nodes do
 * not have (any more) is a copy again.
 * @returns how many roots went
 */
export const giveBackLetGo = async (deps: LetGoDeps, signal: AbortSignal): Promise<number> => {
  const { db, store, nodeId } = deps
  let count = 0
  for (let after = FIRST_ID; ; ) {
    signal.throwIfAborted()
    const { rows } = await sql<LetGo>`
      select c.id, coalesce(c.dag_size, 0) as "dagSize", coalesce(c.blocks, 0) as blocks
      from contents c where c.let_go_at is not null and c.id > ${after}::uuid and c.state = 'held'
        and not exists (select from replicas r where r.content_id = c.id and r.node_id = ${nodeId})
      order by c.id limit ${PAGE}
    `.execute(db.kysely)
    const last = rows.at(-1)
    if (last === undefined) return count
    after = last.id
    const here = rows.filter(({ id }) => store.hasRoot(id))
    if (here.length === 0) continue
    const gone = await sureOf(deps, here, signal)
    for (const { id, dagSize, blocks } of here)
      if (!gone.has(id))
        await db.unitOfWork.run((uow) =>
          confirmReplica(uow, { contentId: id, nodeId, isForeign: false, dagSize, blocks }),
        )
      else if (await store.release(id)) count++
  }
}

const sureOf = async (deps: LetGoDeps, here: readonly LetGo[], signal: AbortSignal): Promise<Set<string>> => {
  const isHere = sql`c.id = any(${here.map(({ id }) => id)}::uuid[])`
  const { rows } = await heldByEnough(deps, isHere).execute(deps.db.kysely)
  const said = await askNodes(deps, rows, signal)
  const { result } = await deps.db.unitOfWork.run((uow) => lockSure(deps, uow.tx, said))
  return new Set(result)
}
