import { sql, type Transaction } from 'kysely'
import type { Tables } from '../tables.ts'
import type { UnitOfWorkContext } from '../unit-of-work.ts'
import { finishUploads } from './finish-uploads.ts'
import type { IngestPlan } from './ingest-plan.ts'
import { hasCopies, insertCopies } from './insert-copies.ts'
import { insertIngestRows } from './insert-ingest-rows.ts'
import { RetryTransaction, RowRefused } from '../postgres-errors.ts'
import { endFetches } from '../pins/fetch-rows.ts'
import { lockContentsOf } from '../pins/lock-contents-of.ts'
import { removePins } from '../remove-pins.ts'
import { recordset } from './recordset.ts'

type Tx = Transaction<Tables>

/** Carries a plan out: one statement for what every upload writes, with its events and policy entries, and around it what few do. */
export const writeIngest = async (uow: UnitOfWorkContext, plan: IngestPlan): Promise<void> => {
  const { tx } = uow
  if (plan.fulfilled.length > 0) await releaseWanted(tx, plan)
  tell(uow, plan)
  if (plan.accepted.length > 0) {
    await insertIdempotentReplies(tx, plan)
    await insertRootKeys(tx, plan)
    await removeReplaced(uow, plan)
    await insertIngestRows(uow, plan, { last: isAll(plan) })
    if (hasCopies(plan)) await insertCopies(uow, plan)
    await finishUploads(tx, plan)
  }
  if (plan.fulfilled.length > 0) await movePins(uow, plan)
  if (plan.discarded.length > 0) await discardRoots(uow, plan)
}

/** Whether nothing is written after the rows of the uploads. */
const isAll = (plan: IngestPlan): boolean =>
  !hasCopies(plan) &&
  plan.fulfilled.length === 0 &&
  plan.discarded.length === 0 &&
  plan.accepted.every(({ item }) => item.finishes === undefined && item.replaces === undefined)

/** Nothing is held under a wanted row, so it needs no tombstone. */
const releaseWanted = async (tx: Tx, { fulfilled }: IngestPlan): Promise<void> => {
  const ids = fulfilled.map(({ wantedId }) => wantedId)
  await sql`
    update contents set state = 'released', released_at = now() where id = any(${ids}::uuid[])
  `.execute(tx)
  await endFetches(tx, ids)
}

const movePins = async ({ tx, record }: UnitOfWorkContext, { fulfilled }: IngestPlan): Promise<void> => {
  const rows = fulfilled.flatMap(({ heldId, pins }) =>
    pins.map(({ pin, status }) => ({ id: pin.id, content_id: heldId, status })),
  )
  await sql`
    update pins p set content_id = x.content_id, status = x.status, info = '{}', copies_left = 0,
      origins = '{}',
      pinned_at = case when x.status = 'pinned' then coalesce(p.pinned_at, now()) else p.pinned_at end
    from ${recordset(rows, 'id uuid, content_id uuid, status text')}
    where p.id = x.id
  `.execute(tx)
  for (const { pins } of fulfilled) {
    for (const { pin, status } of pins)
      record({
        kind: 'pin.status-changed',
        organizationId: pin.organizationId,
        actorId: null,
        subject: pin.id,
        payload: { status },
      })
  }
}

const insertIdempotentReplies = async (tx: Tx, { accepted }: IngestPlan): Promise<void> => {
  const rows = accepted.flatMap(({ item: { idempotency }, committed }) =>
    idempotency
      ? [
          {
            scope: idempotency.scope,
            route: idempotency.route,
            key: idempotency.key,
            fingerprint: Buffer.from(idempotency.fingerprint).toString('hex'),
            status: idempotency.status,
            body: idempotency.body(committed),
            subject: committed.file.id,
          },
        ]
      : [],
  )
  if (rows.length === 0) return
  const columns = 'scope text, route text, key text, fingerprint text, status int, body jsonb, subject text'
  await sql`
    /* prepared */ insert into idempotency_keys (scope, route, key, fingerprint, status, body, subject)
    select scope, route, key, decode(fingerprint, 'hex'), status, body, subject
    from ${recordset(rows, columns)}
  `.execute(tx)
}

/** @throws RowRefused when somebody has deleted it meanwhile; RetryTransaction when somebody has moved it */
const removeReplaced = async (uow: UnitOfWorkContext, { accepted }: IngestPlan): Promise<void> => {
  for (const { item, committed } of accepted) {
    if (item.replaces === undefined) continue
    const { organizationId, userId: actorId, replaces } = item
    await lockContentsOf(uow.tx, organizationId, [replaces.pinId])
    if ((await groupOfPin(uow.tx, replaces.pinId)) !== committed.pin.group_id)
      throw new RetryTransaction('what is replaced has gone into another group')
    const { pins } = await removePins(uow, { organizationId, pinIds: [replaces.pinId], actorId, silent: true })
    if (pins !== 1) throw new RowRefused('what was to be replaced is gone')
  }
}

/** Null for none, or one that is deleted. */
const groupOfPin = async (tx: Tx, id: string): Promise<string | null> => {
  const { rows } = await sql<{ id: string }>`
    select g.id from pins p join groups g on g.id = p.group_id and g.deleted_at is null where p.id = ${id}
  `.execute(tx)
  return rows[0]?.id ?? null
}

/** A private root can be read from the moment on that its rows can be. */
const insertRootKeys = async (tx: Tx, { accepted }: IngestPlan): Promise<void> => {
  const rows = accepted.flatMap(({ item: { sealed } }) => (sealed === undefined ? [] : [sealed.rootKey]))
  if (rows.length > 0) await tx.insertInto('root_keys').values(rows).execute()
}

/** A root that has a content row is never given up here, whatever went wrong before. */
const discardRoots = async ({ tx, send }: UnitOfWorkContext, { discarded }: IngestPlan): Promise<void> => {
  const rows = discarded.map(({ item, reason }) => ({
    content_id: item.contentId,
    realm: item.realm,
    cid: item.canonicalCid,
    reason,
  }))
  const columns = 'content_id uuid, realm text, cid text, reason text'
  const { rows: buried } = await sql<{ content_id: string }>`
    insert into tombstones (content_id, realm, cid, reason)
    select x.content_id, x.realm, x.cid, x.reason from ${recordset(rows, columns)}
    where not exists (select from contents c where c.id = x.content_id)
    on conflict do nothing
    returning content_id
  `.execute(tx)
  if (buried.length > 0) send('release-content', { contentIds: buried.map(({ content_id }) => content_id) })
}

const tell = ({ record, policy }: UnitOfWorkContext, { accepted }: IngestPlan): void => {
  for (const { item, committed } of accepted) {
    const { file, pin, contentId } = committed
    const by = { organizationId: item.organizationId, actorId: item.userId }
    const { cid, size, original_name: name, content_type: contentType } = file
    const isPublic = file.visibility === 'public'
    // Neither the CID nor the name of a private file is told to anybody.
    const said = isPublic ? { cid, name, contentType } : { visibility: file.visibility }
    const payload = { ...said, size, pinId: pin.id, contentId }
    const trail = item.trail ?? null
    if (item.replaces !== undefined) {
      const changed = { ...payload, visibility: file.visibility }
      record({ kind: 'file.visibility-changed', ...by, subject: file.id, payload: changed }, { trail })
      if (isPublic) policy({ kind: 'file.named', cid: item.canonicalCid, name })
      continue
    }
    record({ kind: 'file.uploaded', ...by, subject: file.id, payload }, { trail })
    const pinned = { ...(isPublic ? { cid } : { visibility: file.visibility }), status: pin.status, contentId }
    record({ kind: 'pin.created', ...by, subject: pin.id, payload: pinned }, { audited: false })
    if (isPublic) policy({ kind: 'file.named', cid: item.canonicalCid, name })
  }
}
