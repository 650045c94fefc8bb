import { type RawBuilder, sql, type Transaction } from 'kysely'
import { isUniqueViolation, RetryTransaction } from '../postgres-errors.ts'
import type { Tables } from '../tables.ts'
import type { UnitOfWorkContext } from '../unit-of-work.ts'
import type { IngestPlan } from './ingest-plan.ts'

type Tx = Transaction<Tables>

/** Rows for `jsonb_to_recordset`: one parameter, one statement, however many rows. */
const recordset = (rows: object[], columns: string): RawBuilder<unknown> =>
  sql`jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as x (${sql.raw(columns)})`

/** Carries a plan out: at most one statement per table, then events, policy entries and the release job. */
export const writeIngest = async (uow: UnitOfWorkContext, plan: IngestPlan): Promise<void> => {
  const { tx } = uow
  if (plan.fulfilled.length > 0) await releaseWanted(tx, plan)
  if (plan.newContents.length > 0) await insertContents(tx, plan)
  if (plan.fulfilled.length > 0) await movePins(uow, plan)
  if (plan.accepted.length > 0) {
    await insertPinsAndFiles(tx, plan)
    await insertIdempotentReplies(tx, plan)
  }
  if (plan.usage.size > 0) await updateUsage(tx, plan)
  if (plan.discarded.length > 0) await discardRoots(uow, plan)
  tell(uow, plan)
}

/** Nothing is held under a wanted row, so it needs no tombstone. */
const releaseWanted = async (tx: Tx, { fulfilled }: IngestPlan): Promise<void> => {
  const ids = fulfilled.map(({ wantedId }) => wantedId)
  await sql`
    update contents set state = 'released', released_at = now() where id = any(${ids}::uuid[])
  `.execute(tx)
}

const insertContents = async (tx: Tx, { newContents }: IngestPlan): Promise<void> => {
  // In one order everywhere, so that two writers of the same new roots wait for each other and do not lock up.
  const rows = newContents
    .map(({ contentId, realm, canonicalCid, dagSize, blocks, nodeId }) => ({
      id: contentId,
      realm,
      cid: canonicalCid,
      dag_size: dagSize,
      blocks,
      node_id: nodeId,
    }))
    .sort((a, b) => (a.cid < b.cid ? -1 : 1))
  try {
    await sql`
      /* prepared */ with rows as (
        select * from ${recordset(rows, 'id uuid, realm text, cid text, dag_size bigint, blocks bigint, node_id uuid')}
      ), content as (
        insert into contents (id, realm, cid, dag_size, blocks, state)
        select id, realm, cid, dag_size, blocks, 'held' from rows
      )
      insert into replicas (content_id, node_id, status, pinned_at, last_checked)
      select id, node_id, 'pinned', now(), now() from rows
    `.execute(tx)
  } catch (error) {
    // Another writer was first: with the lock on its row we shall see it.
    if (isUniqueViolation(error, 'contents_live')) throw new RetryTransaction('the root became live meanwhile')
    throw error
  }
}

const movePins = async ({ tx, record }: UnitOfWorkContext, { fulfilled }: IngestPlan): Promise<void> => {
  const rows = fulfilled.flatMap(({ heldId, pins }) =>
    pins.map(({ pin, status }) => ({ id: pin.id, content_id: heldId, status })),
  )
  await sql`
    update pins p set content_id = x.content_id, status = x.status, info = '{}',
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

const insertPinsAndFiles = async (tx: Tx, { accepted }: IngestPlan): Promise<void> => {
  const rows = accepted.map(({ committed: { file, pin } }) => ({
    pin: pin.id,
    organization_id: pin.organization_id,
    user_id: pin.user_id,
    content_id: pin.content_id,
    cid: pin.cid,
    pin_name: pin.name,
    meta: pin.meta,
    status: pin.status,
    created_at: pin.createdAt,
    file: file.id,
    original_name: file.original_name,
    content_type: file.content_type,
    size: file.size,
    metadata: file.metadata,
    kind: file.kind,
  }))
  const columns = `pin uuid, organization_id uuid, user_id uuid, content_id uuid, cid text, pin_name text, meta jsonb,
    status text, created_at timestamptz, file uuid, original_name text, content_type text, size bigint, metadata jsonb, kind text`
  await sql`
    /* prepared */ with rows as (select * from ${recordset(rows, columns)}), pin as (
      insert into pins (id, organization_id, user_id, content_id, cid, name, meta, status, created_at, pinned_at)
      select pin, organization_id, user_id, content_id, cid, pin_name, meta, status, created_at,
        case when status = 'pinned' then created_at end
      from rows
    )
    insert into files
      (id, organization_id, user_id, pin_id, content_id, cid, original_name, content_type, size, metadata, created_at, kind)
    select file, organization_id, user_id, pin, content_id, cid, original_name, content_type, size, metadata, created_at, kind
    from rows
  `.execute(tx)
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

const updateUsage = async (tx: Tx, { usage }: IngestPlan): Promise<void> => {
  const rows = [...usage].map(([organization_id, { bytes, roots, lastPinMicros }]) => ({
    organization_id,
    bytes,
    roots,
    last: lastPinMicros,
  }))
  await sql`
    update usage u set stored_bytes = u.stored_bytes + x.bytes, roots = u.roots + x.roots,
      last_pin_at = coalesce(timestamptz 'epoch' + x.last * interval '1 microsecond', u.last_pin_at)
    from ${recordset(rows, 'organization_id uuid, bytes bigint, roots bigint, last bigint')}
    where u.organization_id = x.organization_id
  `.execute(tx)
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
    record({
      kind: 'file.uploaded',
      ...by,
      subject: file.id,
      payload: { cid, name, size, contentType, pinId: pin.id, contentId },
    })
    record({ kind: 'pin.created', ...by, subject: pin.id, payload: { cid, status: pin.status, contentId } })
    policy({ kind: 'file.named', cid: item.canonicalCid, name })
  }
}
