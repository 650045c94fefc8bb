import { sql } from 'kysely'
import { ONE_COPY } from '@packages/shared/replication'
import { wishColumns } from '../pins/replication-facts.ts'
import { isUniqueViolation, RetryTransaction } from '../postgres-errors.ts'
import type { UnitOfWorkContext } from '../unit-of-work.ts'
import type { IngestPlan } from './ingest-plan.ts'
import { recordset } from './recordset.ts'

const CONTENT_COLUMNS = `id uuid, realm text, cid text, dag_size bigint, blocks bigint, node_id uuid, node_cid text,
  copies_min int, copies_max int, zones text[]`
const WISH_COLUMNS = 'id uuid, copies_min int, copies_max int, zones text[]'
const FILE_COLUMNS = `pin uuid, organization_id uuid, user_id uuid, content_id uuid, cid text, pin_name text, pin_name_folded text, meta jsonb,
  status text, created_at timestamptz, file uuid, original_name text, content_type text, size bigint, metadata jsonb, kind text,
  file_cid text, visibility text, cid_hash text, name_hash text, replication_min int, replication_max int, zones text[],
  group_id uuid`
const USAGE_COLUMNS = 'organization_id uuid, bytes bigint, roots bigint, files bigint, last bigint'

/**
 * Contents, replicas, pins, files and usage of a batch, by the statement that also writes what it records: each round
 * trip of the one transaction that runs at a time holds every upload up (ADR 0018). Foreign keys are looked at when the
 * statement ends.
 */
export const insertIngestRows = async (
  uow: UnitOfWorkContext,
  plan: IngestPlan,
  { last }: { last: boolean },
): Promise<void> => {
  try {
    await uow.writeWithOutbox(
      sql`
      new_content as (
        select * from ${recordset(contentRows(plan), CONTENT_COLUMNS)}
      ), new_file as (
        select * from ${recordset(fileRows(plan), FILE_COLUMNS)}
      ), content as (
        insert into contents (id, realm, cid, dag_size, blocks, state, confirmed, node_cid, copies_min, copies_max, zones)
        select id, realm, cid, dag_size, blocks, 'held', 1, node_cid, copies_min, copies_max, zones from new_content
      ), wished as (
        update contents c set copies_min = x.copies_min, copies_max = x.copies_max, zones = x.zones, place_after = null,
          zones_after = null, shortage = null
        from ${recordset(wishRows(plan), WISH_COLUMNS)}
        where c.id = x.id
      ), replica as (
        insert into replicas (content_id, node_id, status, pinned_at, last_checked)
        select id, node_id, 'pinned', now(), now() from new_content
      ), pin as (
        insert into pins (id, organization_id, user_id, content_id, cid, name, name_folded, is_private, meta, status,
          created_at, pinned_at, replication_min, replication_max, zones, group_id)
        select pin, organization_id, user_id, content_id, cid, pin_name, pin_name_folded, visibility = 'private', meta,
          status, created_at,
          case when status = 'pinned' then created_at end, replication_min, replication_max, zones, group_id
        from new_file
      ), file as (
        insert into files (id, organization_id, user_id, pin_id, content_id, cid, original_name, content_type, size,
          metadata, created_at, kind, visibility, cid_hash, name_hash, group_id)
        select file, organization_id, user_id, pin, content_id, file_cid, original_name, content_type, size, metadata,
          created_at, kind, visibility, decode(cid_hash, 'hex'), decode(name_hash, 'hex'), group_id
        from new_file
      ), charged as (
        update usage u set stored_bytes = u.stored_bytes + x.bytes, roots = u.roots + x.roots,
          files = u.files + x.files,
          last_pin_at = coalesce(timestamptz 'epoch' + x.last * interval '1 microsecond', u.last_pin_at)
        from ${recordset(usageRows(plan), USAGE_COLUMNS)}
        where u.organization_id = x.organization_id
      )`,
      { last },
    )
  } catch (error) {
    // Another writer was first: with the lock on its row we shall see it.
    if (isUniqueViolation(error, 'contents_live')) throw new RetryTransaction('the root became live meanwhile')
    throw error
  }
}

/** In one order everywhere, so that two writers of the same new roots wait for each other and do not lock up. */
const contentRows = ({ newContents, wishes }: IngestPlan): object[] =>
  newContents
    .map(({ contentId, realm, canonicalCid, dagSize, blocks, nodeId, nodeCid = null }) => ({
      id: contentId,
      realm,
      cid: canonicalCid,
      dag_size: dagSize,
      blocks,
      node_id: nodeId,
      node_cid: nodeCid,
      ...wishColumns(wishes.get(contentId) ?? ONE_COPY),
    }))
    .sort((a, b) => (a.cid < b.cid ? -1 : 1))

/** Of contents that are there. */
const wishRows = ({ newContents, wishes }: IngestPlan): object[] => {
  const made = new Set(newContents.map(({ contentId }) => contentId))
  return [...wishes].flatMap(([id, wish]) => (made.has(id) ? [] : [{ id, ...wishColumns(wish) }]))
}

const fileRows = ({ accepted }: IngestPlan): object[] =>
  accepted.map(({ committed: { file, pin } }) => ({
    pin: pin.id,
    organization_id: pin.organization_id,
    user_id: pin.user_id,
    content_id: pin.content_id,
    cid: pin.cid,
    pin_name: pin.name,
    pin_name_folded: pin.name_folded,
    meta: pin.meta,
    status: pin.status,
    replication_min: pin.replication_min,
    replication_max: pin.replication_max,
    zones: pin.zones,
    group_id: pin.group_id,
    created_at: pin.createdAt,
    file: file.id,
    original_name: file.original_name,
    content_type: file.content_type,
    size: file.size,
    metadata: file.metadata,
    kind: file.kind,
    file_cid: file.cid,
    visibility: file.visibility,
    cid_hash: file.cid_hash?.toString('hex') ?? null,
    name_hash: file.name_hash?.toString('hex') ?? null,
  }))

const usageRows = ({ usage }: IngestPlan): object[] =>
  [...usage].map(([organization_id, { bytes, roots, files, lastPinMicros }]) => ({
    organization_id,
    bytes,
    roots,
    files,
    last: lastPinMicros,
  }))
