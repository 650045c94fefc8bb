import { HoldfastError } from '@packages/shared/holdfast-error'
import { sql } from 'kysely'
import { storageUsedUp } from './plan-refusals.ts'
import type { UnitOfWorkContext } from './unit-of-work.ts'

/** An import that lacks blocks: what it has is held under a list in the realm `incomplete`. */
export type NewKeptImport = {
  /** The content id of the list. */
  id: string
  organizationId: string
  userId: string
  name: string
  /** Canonical CID of the list. */
  list: string
  dagSize: number
  blocks: number
  /** The node whose store holds the blocks. */
  nodeId: string
  roots: string[]
  missing: { count: number; cids: string[] }
  createdAt: Date
}

const REALM = 'incomplete'

/**
 * Writes the rows of a kept import and charges its bytes. Locks in the order that every writer keeps: usage, then contents.
 * @throws HoldfastError `quota_exceeded`
 */
export const keepImport = async (uow: UnitOfWorkContext, kept: NewKeptImport): Promise<void> => {
  const { tx } = uow
  const { rows } = await sql<{ stored_bytes: number; storage_limit: number | null }>`
    select u.stored_bytes, l.storage_bytes as storage_limit
    from usage u join organization_limits l on l.organization_id = u.organization_id
    where u.organization_id = ${kept.organizationId} for update of u
  `.execute(tx)
  const [usage] = rows
  if (usage === undefined) throw new HoldfastError('not_found', { detail: 'The organization is gone.' })
  if (usage.storage_limit !== null && usage.stored_bytes + kept.dagSize > usage.storage_limit) throw storageUsedUp()
  await sql`
    update usage set stored_bytes = stored_bytes + ${kept.dagSize}, roots = roots + 1
    where organization_id = ${kept.organizationId}
  `.execute(tx)
  await sql`
    insert into contents (id, realm, cid, dag_size, blocks, state, confirmed)
    values (${kept.id}, ${REALM}, ${kept.list}, ${kept.dagSize}, ${kept.blocks}, 'held', 1)
  `.execute(tx)
  await sql`
    insert into replicas (content_id, node_id, status, pinned_at, last_checked)
    values (${kept.id}, ${kept.nodeId}, 'pinned', now(), now())
  `.execute(tx)
  await tx
    .insertInto('incomplete_imports')
    .values({
      id: kept.id,
      organization_id: kept.organizationId,
      user_id: kept.userId,
      name: kept.name,
      roots: kept.roots,
      missing_count: kept.missing.count,
      missing: kept.missing.cids,
      created_at: kept.createdAt,
    })
    .execute()
  uow.record({
    kind: 'import.kept',
    organizationId: kept.organizationId,
    actorId: kept.userId,
    subject: kept.id,
    payload: { name: kept.name, roots: kept.roots.length, missing: kept.missing.count, bytes: kept.dagSize },
  })
}

/** Deletes a kept import: its bytes are refunded, and given back by a job. False when the organization has no such import. */
export const deleteKeptImport = async (
  uow: UnitOfWorkContext,
  { id, organizationId, actorId }: { id: string; organizationId: string; actorId: string | null },
): Promise<boolean> => {
  const { tx } = uow
  await sql`select from usage where organization_id = ${organizationId} for update`.execute(tx)
  const { rows } = await sql<{ name: string }>`
    delete from incomplete_imports where id = ${id}::uuid and organization_id = ${organizationId} returning name
  `.execute(tx)
  const [deleted] = rows
  if (deleted === undefined) return false
  const contents = await sql<{ cid: string; dag_size: number }>`
    update contents set state = 'released', released_at = now() where id = ${id}::uuid returning cid, dag_size
  `.execute(tx)
  const [content] = contents.rows
  if (content === undefined) throw new Error(`the kept import ${id} has no content`)
  await sql`
    update usage set stored_bytes = stored_bytes - ${content.dag_size}, roots = roots - 1
    where organization_id = ${organizationId}
  `.execute(tx)
  await sql`update replicas set status = 'releasing' where content_id = ${id}::uuid`.execute(tx)
  await sql`
    insert into tombstones (content_id, realm, cid, reason) values (${id}::uuid, ${REALM}, ${content.cid}, 'unpinned')
  `.execute(tx)
  uow.send('release-content', { contentIds: [id] })
  uow.record({ kind: 'import.deleted', organizationId, actorId, subject: id, payload: { name: deleted.name } })
  return true
}
