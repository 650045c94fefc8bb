import type { BlockStore } from '@packages/content/block-store/block-store'
import type { Database } from '@packages/db/open-database'
import { RetryTransaction } from '@packages/db/postgres-errors'
import type { Tables } from '@packages/db/tables'
import type { UnitOfWorkContext } from '@packages/db/unit-of-work'
import { parseCid } from '@packages/shared/cid'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { pinStatus } from '@packages/shared/pin-state'
import { sql, type Transaction } from 'kysely'
import { condemnRoots } from './condemn-roots.ts'

export type HoldWantedDeps = {
  db: Pick<Database, 'kysely' | 'unitOfWork'>
  store: Pick<BlockStore, 'adoptRoot' | 'hasRoot' | 'settle' | 'measure'>
  nodeId: string
}

/**
 * Looks whether wanted content has come into the store meanwhile, as a part of something else, and if so holds it: a
 * root of its own first, then its row, its replica, what it costs each organization that waits for it (whatever their
 * limits say: they asked before the size was known) and the status of their pins, in one transaction.
 * @returns whether the content is held now
 */
export const holdWantedContent = async (deps: HoldWantedDeps, contentId: string): Promise<boolean> => {
  const row = await contentRow(deps, contentId)
  if (row?.state !== 'wanted') return row?.state === 'held'
  const cid = parseCid(row.cid)
  const { realm } = row
  const root = deps.store.hasRoot(contentId) ? 'here' : await adopt(deps, { realm, contentId, cid })
  // Whoever takes the root at the same time writes the rows, too; they may be there by now.
  if (root === 'taken by another') return (await contentRow(deps, contentId))?.state === 'held'
  if (root === 'not held') return false
  try {
    const size = await deps.store.measure({ realm, cid })
    if (size === undefined) return false
    const { result } = await deps.db.unitOfWork.run((uow) =>
      fulfil(uow, deps.nodeId, { contentId, dagSize: size.bytes, blocks: size.blocks }),
    )
    if (result === 'gone')
      await deps.db.unitOfWork.run((uow) => condemnRoots(uow, [{ contentId, realm, cid: row.cid }], 'orphan'))
    return result === 'held'
  } finally {
    deps.store.settle(contentId)
  }
}

const contentRow = ({ db }: HoldWantedDeps, contentId: string) =>
  db.kysely.selectFrom('contents').select(['cid', 'realm', 'state']).where('id', '=', contentId).executeTakeFirst()

const adopt = async (
  { store }: HoldWantedDeps,
  root: Parameters<BlockStore['adoptRoot']>[0],
): Promise<'here' | 'not held' | 'taken by another'> => {
  try {
    return (await store.adoptRoot(root)) ? 'here' : 'not held'
  } catch (error) {
    if (error instanceof HoldfastError && error.code === 'conflict') return 'taken by another'
    throw error
  }
}

type Fulfilled = 'held' | 'gone'
type WaitingPin = { id: string; organization_id: string; replication_min: number; pinned_at: Date | null }

const fulfil = async (
  uow: UnitOfWorkContext,
  nodeId: string,
  content: { contentId: string; dagSize: number; blocks: number },
): Promise<Fulfilled> => {
  const { contentId, dagSize, blocks } = content
  const locked = await lockUsage(uow.tx, contentId)
  const { rows } = await sql<{ state: string }>`select state from contents where id = ${contentId} for update`.execute(
    uow.tx,
  )
  if (rows[0]?.state === 'held') return 'held'
  if (rows[0]?.state !== 'wanted') return 'gone'
  const pins = await waitingPins(uow.tx, contentId)
  const organizations = new Set(pins.map((pin) => pin.organization_id))
  for (const id of organizations) if (!locked.has(id)) throw new RetryTransaction('another organization came in')
  await uow.tx
    .updateTable('contents')
    .set({ state: 'held', dag_size: dagSize, blocks, confirmed: 1 })
    .where('id', '=', contentId)
    .execute()
  await sql`
    insert into replicas (content_id, node_id, status, pinned_at, last_checked)
    values (${contentId}, ${nodeId}, 'pinned', now(), now())
    on conflict (content_id, node_id) do update set status = 'pinned', pinned_at = now(), last_checked = now(), error = null
  `.execute(uow.tx)
  await sql`
    update usage set stored_bytes = stored_bytes + ${dagSize}, roots = roots + 1
    where organization_id = any(${[...organizations]}::uuid[])
  `.execute(uow.tx)
  for (const pin of pins) await confirmPin(uow, pin)
  return 'held'
}

/** The order that every writer keeps: usage by organization, then contents. */
const lockUsage = async (tx: Transaction<Tables>, contentId: string): Promise<Set<string>> => {
  const { rows } = await sql<{ organization_id: string }>`
    select organization_id from usage
    where organization_id in (select organization_id from pins where content_id = ${contentId})
    order by organization_id for update
  `.execute(tx)
  return new Set(rows.map((row) => row.organization_id))
}

const waitingPins = async (tx: Transaction<Tables>, contentId: string): Promise<WaitingPin[]> =>
  tx
    .selectFrom('pins')
    .select(['id', 'organization_id', 'replication_min', 'pinned_at'])
    .where('content_id', '=', contentId)
    .execute()

const confirmPin = async ({ tx, record }: UnitOfWorkContext, pin: WaitingPin): Promise<void> => {
  const status = pinStatus({
    contentState: 'held',
    confirmedReplicas: 1,
    replicationMin: pin.replication_min,
    fetching: false,
    wasPinned: pin.pinned_at !== null,
    failure: null,
  })
  await sql`
    update pins set status = ${status}, info = '{}',
      pinned_at = case when ${status} = 'pinned' then coalesce(pinned_at, now()) else pinned_at end
    where id = ${pin.id}
  `.execute(tx)
  const { id: subject, organization_id: organizationId } = pin
  record({ kind: 'pin.status-changed', organizationId, actorId: null, subject, payload: { status } })
}
