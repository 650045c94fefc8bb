import { sql } from 'kysely'
import type { Database } from './open-database.ts'
import type { UnitOfWorkContext } from './unit-of-work.ts'

/** What the epoch needs of a block store. */
export type EpochStore = { readonly id: string; readonly epoch: number; raiseEpoch(to: number): Promise<void> }

export type MisfitReason =
  /** The database is older than the store: a backup was restored over it. */
  | 'database_older_than_store'
  /** The store has a history that this database knows nothing of: a foreign or an empty database. */
  | 'unknown_store'
  /** The database knows another store of this node: the content folder was lost or exchanged. */
  | 'store_exchanged'

/** `misfit` is a sentence for the operator. */
export type EpochState = 'fits' | { misfit: string; reason: MisfitReason }

export type EpochOptions = {
  /** The row of `nodes` that stands for this store; replicas point at it. */
  nodeId: string
}

/**
 * Checks that store and database belong together and raises the epoch of both: first in the database, then in the
 * store, so that a database which went back in time is found out. Called at each start and every 10 minutes. On a
 * misfit nothing is raised: nothing may be collected until an operator accepts the store.
 */
export const openEpoch = async (
  db: Pick<Database, 'unitOfWork'>,
  store: EpochStore,
  { nodeId }: EpochOptions,
): Promise<EpochState> => {
  const { result } = await db.unitOfWork.run(async (uow) => {
    const state = await findMisfit(uow, store, nodeId)
    if (state === 'fits') return { state, epoch: await raise(uow, store, nodeId) }
    uow.record({ kind: 'store.misfit', organizationId: null, actorId: null, subject: store.id, payload: state })
    return { state, epoch: null }
  })
  if (result.epoch !== null) await store.raiseEpoch(result.epoch)
  return result.state
}

/**
 * An operator's word that this store and this database belong together from now on (after a restore, or a move of the
 * content folder): the database's epoch is raised above the store's, and the store takes the node over.
 */
export const acceptStore = async (
  db: Pick<Database, 'unitOfWork'>,
  store: EpochStore,
  { nodeId }: EpochOptions,
): Promise<void> => {
  const { result: epoch } = await db.unitOfWork.run(async (uow) => {
    await uow.tx.deleteFrom('store_instances').where('node_id', '=', nodeId).where('id', '<>', store.id).execute()
    uow.record({ kind: 'store.accepted', organizationId: null, actorId: null, subject: store.id, payload: {} })
    return raise(uow, store, nodeId)
  })
  await store.raiseEpoch(epoch)
}

const findMisfit = async ({ tx }: UnitOfWorkContext, store: EpochStore, nodeId: string): Promise<EpochState> => {
  const rows = await tx
    .selectFrom('store_instances')
    .select(['id', 'epoch', 'node_id'])
    .where((eb) => eb.or([eb('id', '=', store.id), eb('node_id', '=', nodeId)]))
    .forUpdate()
    .execute()
  const own = rows.find(({ id }) => id === store.id)
  if (own && own.epoch < store.epoch)
    return {
      reason: 'database_older_than_store',
      misfit: `the database is at epoch ${own.epoch}, the store at ${store.epoch} (an older database was restored)`,
    }
  if (own) return 'fits'
  if (store.epoch > 0)
    return { reason: 'unknown_store', misfit: `the database does not know the store ${store.id}, which has a history` }
  const other = rows[0]
  if (other)
    return { reason: 'store_exchanged', misfit: `the database knows the store ${other.id} here, not ${store.id}` }
  return 'fits'
}

const raise = async ({ tx }: UnitOfWorkContext, store: EpochStore, nodeId: string): Promise<number> => {
  const { rows } = await sql<{ epoch: number }>`
    insert into store_instances (id, epoch, node_id) values (${store.id}, ${store.epoch + 1}, ${nodeId})
    on conflict (id) do update
      set epoch = greatest(store_instances.epoch, ${store.epoch}) + 1, node_id = excluded.node_id, updated_at = now()
    returning epoch
  `.execute(tx)
  const epoch = rows[0]?.epoch
  if (epoch === undefined) throw new Error('the store has no row')
  return epoch
}
