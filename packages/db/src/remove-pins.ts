import { sql } from 'kysely'
import { endFetches, leaveFetches, lockFetches } from './pins/fetch-rows.ts'
import { refreshWishes } from './pins/refresh-wishes.ts'
import type { UnitOfWorkContext } from './unit-of-work.ts'

export type RemovedPins = { pins: number; files: number; releasedContentIds: string[] }

type RemovedPin = { id: string; content_id: string }
type RemovedFile = { id: string; content_id: string; original_name: string; visibility: string }
type LockedContent = { id: string; realm: string; cid: string; state: string; dag_size: number | null }

/**
 * Removes an organization's pins and their files: usage, rows, events and policy entries; contents that no pin is left
 * on get a tombstone, and a job gives their bytes back. Pins of others and ids that are gone are passed over.
 * Locks in the order that every writer keeps: usage, then contents by id.
 */
export const removePins = async (
  uow: UnitOfWorkContext,
  options: {
    organizationId: string
    pinIds: string[]
    actorId: string | null
    /** Another event tells of it. */
    silent?: boolean
    /** Told with it, where nobody asked for it. */
    reason?: 'expired'
    /** false: the request stands in the audit log for all of them. */
    audited?: boolean
  },
): Promise<RemovedPins> => {
  const { tx } = uow
  const { organizationId, pinIds } = options
  await sql`select from usage where organization_id = ${organizationId} for update`.execute(tx)
  const { rows: contents } = await sql<LockedContent>`
    select c.id, c.realm, c.cid, c.state, c.dag_size from contents c
    where c.id in (
      select content_id from pins where id = any(${pinIds}::uuid[]) and organization_id = ${organizationId})
    order by c.id
    for update
  `.execute(tx)
  const wanted = contents.filter(({ state }) => state === 'wanted').map(({ id }) => id)
  await lockFetches(tx, wanted)
  const { rows: files } = await sql<RemovedFile>`
    delete from files where pin_id = any(${pinIds}::uuid[]) and organization_id = ${organizationId}
    returning id, content_id, original_name, visibility
  `.execute(tx)
  const { rows: pins } = await sql<RemovedPin>`
    delete from pins where id = any(${pinIds}::uuid[]) and organization_id = ${organizationId}
    returning id, content_id
  `.execute(tx)
  const left = await pinsLeft(uow, organizationId, contents)
  await refund(uow, organizationId, {
    contents: contents.filter(({ id, state }) => state === 'held' && !left.own.has(id)),
    files: files.length,
  })
  await refreshWishes(tx, [...left.any])
  const released = contents.filter(({ id }) => !left.any.has(id))
  await endFetches(
    tx,
    wanted.filter((id) => !left.any.has(id)),
  )
  await leaveFetches(
    tx,
    organizationId,
    wanted.filter((id) => left.any.has(id) && !left.own.has(id)),
  )
  await releaseContents(uow, released)
  if (!options.silent) tell(uow, options, contents, { pins, files })
  return { pins: pins.length, files: files.length, releasedContentIds: released.map(({ id }) => id) }
}

/** Which contents still have a pin, of anybody and of this organization. */
const pinsLeft = async (
  { tx }: UnitOfWorkContext,
  organizationId: string,
  contents: LockedContent[],
): Promise<{ any: Set<string>; own: Set<string> }> => {
  const { rows } = await sql<{ id: string; any: boolean; own: boolean }>`
    select c.id, exists (select from pins p where p.content_id = c.id) as any,
      exists (select from pins p where p.content_id = c.id and p.organization_id = ${organizationId}) as own
    from unnest(${contents.map(({ id }) => id)}::uuid[]) as c (id)
  `.execute(tx)
  return {
    any: new Set(rows.filter((row) => row.any).map(({ id }) => id)),
    own: new Set(rows.filter((row) => row.own).map(({ id }) => id)),
  }
}

const refund = async (
  { tx }: UnitOfWorkContext,
  organizationId: string,
  { contents, files }: { contents: LockedContent[]; files: number },
): Promise<void> => {
  if (contents.length === 0 && files === 0) return
  const bytes = contents.reduce((sum, { dag_size }) => sum + (dag_size ?? 0), 0)
  await sql`
    update usage set stored_bytes = stored_bytes - ${bytes}, roots = roots - ${contents.length},
      files = files - ${files}
    where organization_id = ${organizationId}
  `.execute(tx)
}

/** A wanted content holds nothing, so it gets no tombstone. */
const releaseContents = async (uow: UnitOfWorkContext, contents: LockedContent[]): Promise<void> => {
  if (contents.length === 0) return
  const secretIds = contents.filter(({ realm }) => realm === 'private').map(({ id }) => id)
  // From here on nobody reads them, whatever copies and backups there are.
  if (secretIds.length > 0)
    await sql`delete from root_keys where content_id = any(${secretIds}::uuid[])`.execute(uow.tx)
  const held = contents.filter(({ state }) => state === 'held')
  const heldIds = held.map(({ id }) => id)
  await sql`
    update contents set state = 'released', released_at = now() where id = any(${contents.map(({ id }) => id)}::uuid[])
  `.execute(uow.tx)
  if (held.length === 0) return
  await sql`update replicas set status = 'releasing' where content_id = any(${heldIds}::uuid[])`.execute(uow.tx)
  await sql`
    insert into tombstones (content_id, realm, cid, reason)
    select id, realm, cid, 'unpinned' from contents where id = any(${heldIds}::uuid[])
  `.execute(uow.tx)
  uow.send('release-content', { contentIds: heldIds })
  for (const { id, realm, cid } of held) {
    uow.policy({ kind: 'content.released', realm, cid, contentId: id })
    uow.record({ kind: 'content.released', organizationId: null, actorId: null, subject: id, payload: { realm, cid } })
  }
}

const tell = (
  { record, policy }: UnitOfWorkContext,
  { organizationId, actorId, reason, audited = true }: Parameters<typeof removePins>[1],
  contents: LockedContent[],
  removed: { pins: RemovedPin[]; files: RemovedFile[] },
): void => {
  const cids = new Map(contents.map(({ id, cid }) => [id, cid]))
  const hidden = new Set(contents.filter(({ realm }) => realm === 'private').map(({ id }) => id))
  for (const { id, content_id, original_name: name, visibility } of removed.files) {
    const cid = cids.get(content_id) ?? ''
    const payload = visibility === 'public' ? { cid, name } : { visibility }
    record({ kind: 'file.deleted', organizationId, actorId, subject: id, payload }, { audited })
    if (visibility === 'public') policy({ kind: 'file.unnamed', cid, name })
  }
  for (const { id, content_id } of removed.pins) {
    const payload = {
      ...(hidden.has(content_id) ? { visibility: 'private' } : { cid: cids.get(content_id) ?? '' }),
      ...(reason === undefined ? {} : { reason }),
    }
    record({ kind: 'pin.deleted', organizationId, actorId, subject: id, payload }, { audited })
  }
}
