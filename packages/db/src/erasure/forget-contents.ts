import { type Kysely, sql } from 'kysely'
import type { Database } from '../open-database.ts'
import { waitForGateways } from '../policy-log.ts'
import type { Tables } from '../tables.ts'
import { JOBS_SCHEMA } from '../jobs.ts'
import { addCounts, type Erasure } from './erasure-row.ts'

const GATEWAYS_MS = 5_000

/**
 * Content ids whose bytes are not given back yet by each node that had them: those that this erasure waits for, and the roots of duplicates of the
 * same DAGs.
 */
export const unreleased = async (db: Kysely<Tables>, erasureId: string): Promise<string[]> => {
  const { rows } = await sql<{ content_id: string }>`
    with mine as (
      select c.id, c.realm, c.cid from erasure_contents e join contents c on c.id = e.content_id and c.state = 'released'
      where e.erasure_id = ${erasureId}
    )
    select content_id from tombstones where released_at is null and (realm, cid) in (select realm, cid from mine)
    union
    select content_id from replicas where status = 'releasing' and content_id in (select id from mine)
  `.execute(db)
  return rows.map((row) => row.content_id)
}

/**
 * The last step: what was kept to give the bytes back (content rows, tombstones, entries for gateways, jobs) goes, and the row of the erasure
 * forgets whom it was about. False while a gateway has not read the log up to here.
 */
export const forgetContents = async (
  db: Pick<Database, 'kysely' | 'unitOfWork'>,
  erasure: Erasure,
): Promise<boolean> => {
  if (!(await gatewaysKnow(db.kysely))) return false
  const { id } = erasure
  await db.unitOfWork.run(async (uow) => {
    const { tx } = uow
    const gone = sql`
      select e.content_id from erasure_contents e
      where e.erasure_id = ${id} and not exists (
        select from contents c where c.id = e.content_id and c.state <> 'released')`
    const shared = await sql`
      select from erasure_contents e join contents c on c.id = e.content_id and c.state <> 'released'
      where e.erasure_id = ${id}
    `.execute(tx)
    await sql`
      delete from policy_log where kind = 'content.released' and payload ->> 'contentId' in (select g.content_id::text from (${gone}) g)
    `.execute(tx)
    // Names of files that are no file's any more: of the erased, or of somebody who has deleted them.
    await sql`
      delete from policy_log l where kind in ('file.named', 'file.unnamed') and not exists (
        select from files f join contents c on c.id = f.content_id
        where f.original_name = l.payload ->> 'name' and c.cid = l.payload ->> 'cid')
    `.execute(tx)
    await sql`delete from events where subject in (select g.content_id::text from (${gone}) g)`.execute(tx)
    await sql`
      delete from ${sql.table(`${JOBS_SCHEMA}.job`)}
      where name = 'release-content' and data -> 'contentIds' ?| array(select g.content_id::text from (${gone}) g)
    `.execute(tx)
    await sql`delete from quarantine where content_id in (${gone})`.execute(tx)
    // Roots of duplicates have tombstones of their own; they tell the CID just as well.
    await sql`
      delete from tombstones t where released_at is not null
        and exists (select from contents c where c.id in (${gone}) and c.realm = t.realm and c.cid = t.cid)
        and not exists (select from contents c where c.realm = t.realm and c.cid = t.cid and c.state <> 'released')
    `.execute(tx)
    await sql`delete from tombstones where content_id in (${gone})`.execute(tx)
    await sql`delete from node_tombstones where content_id in (${gone})`.execute(tx)
    await sql`delete from contents where id in (${gone})`.execute(tx)
    await sql`delete from erasure_contents where erasure_id = ${id}`.execute(tx)
    await addCounts(tx, id, { 'contents kept by others': shared.rows.length })
    await sql`
      update erasures set user_id = null, email = null, organization_ids = '{}', step = 'done', finished_at = now()
      where id = ${id}
    `.execute(tx)
    uow.record({ kind: 'erasure.finished', organizationId: null, actorId: null, subject: id, payload: {} })
  })
  return true
}

/** Entries may go when every gateway that lives has read them. */
const gatewaysKnow = async (db: Kysely<Tables>): Promise<boolean> => {
  const { rows } = await sql<{ xid: string; id: string }>`
    select xid::text as xid, id::text as id from policy_log
    where kind in ('content.released', 'file.unnamed') order by policy_log.xid desc, policy_log.id desc limit 1
  `.execute(db)
  const [last] = rows
  return last === undefined || waitForGateways(db, last, GATEWAYS_MS)
}
