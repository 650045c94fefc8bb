import { randomUUIDv7 } from 'node:crypto'
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

/** `nodeId`: the row of `nodes` that this store's replicas belong to; uploads work in both cases. */
export type EpochState =
  | { fits: true; nodeId: string; epoch: number }
  | { fits: false; nodeId: string; misfit: MisfitReason; detail: string }

export type EpochOptions = {
  /** Names this store's node, the same at each start; `embedded` in the all-in-one shape. */
  nodeName: string
}

/**
 * Checks that store and database belong together and raises the epoch of both: first in the database, then in the
 * store, so that a database which went back in time is found out. Called at each start and every 10 minutes. On a
 * misfit nothing is raised: nothing may be collected until an operator accepts the store.
 */
export const openEpoch = async (
  db: Pick<Database, 'unitOfWork'>,
  store: EpochStore,
  options: EpochOptions,
): Promise<EpochState> => {
  const { result } = await db.unitOfWork.run(async (uow): Promise<EpochState> => {
    const nodeId = await ensureNode(uow, options.nodeName)
    const misfit = await findMisfit(uow, store, nodeId)
    if (misfit) {
      uow.record({ kind: 'store.misfit', organizationId: null, actorId: null, subject: store.id, payload: misfit })
      return { fits: false, nodeId, ...misfit }
    }
    return { fits: true, nodeId, epoch: await raise(uow, store, nodeId) }
  })
  if (result.fits) await store.raiseEpoch(result.epoch)
  return result
}

/**
 * An operator's word that this store and this database belong together from now on (after a restore, or a move of the
 * content folder): the database's epoch is raised above the store's, and the store takes the node over.
 */
export const acceptStore = async (
  db: Pick<Database, 'unitOfWork'>,
  store: EpochStore,
  options: EpochOptions,
): Promise<EpochState> => {
  const { result } = await db.unitOfWork.run(async (uow) => {
    const nodeId = await ensureNode(uow, options.nodeName)
    await uow.tx.deleteFrom('store_instances').where('node_id', '=', nodeId).where('id', '<>', store.id).execute()
    return { nodeId, epoch: await raise(uow, store, nodeId) }
  })
  await store.raiseEpoch(result.epoch)
  return { fits: true, ...result }
}

const ensureNode = async ({ tx }: UnitOfWorkContext, name: string): Promise<string> => {
  const { rows } = await sql<{ id: string }>`
    insert into nodes (id, name, kind) values (${randomUUIDv7()}, ${name}, 'embedded')
    on conflict (name) do update set name = excluded.name
    returning id
  `.execute(tx)
  const id = rows[0]?.id
  if (!id) throw new Error('the node has no row')
  return id
}

const findMisfit = async (
  { tx }: UnitOfWorkContext,
  store: EpochStore,
  nodeId: string,
): Promise<{ misfit: MisfitReason; detail: string } | null> => {
  const rows = await tx
    .selectFrom('store_instances')
    .select(['id', 'epoch', 'node_id'])
    .where((eb) => eb.or([eb('id', '=', store.id), eb('node_id', '=', nodeId)]))
    .forUpdate()
    .execute()
  const own = rows.find(({ id }) => id === store.id)
  if (own && own.epoch < store.epoch)
    return {
      misfit: 'database_older_than_store',
      detail: `The database is at epoch ${own.epoch}, the store at ${store.epoch}: an older database was restored.`,
    }
  if (own) return null
  if (store.epoch > 0)
    return { misfit: 'unknown_store', detail: `The database does not know the store ${store.id}, which has a history.` }
  const other = rows[0]
  if (other)
    return { misfit: 'store_exchanged', detail: `The database knows the store ${other.id} here, not ${store.id}.` }
  return null
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
