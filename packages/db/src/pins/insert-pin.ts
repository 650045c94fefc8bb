import { randomUUIDv7 } from 'node:crypto'
import { foldText } from '@packages/shared/fold-text'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { pinStatus } from '@packages/shared/pin-state'
import { sql, type Transaction } from 'kysely'
import { condemnRoots } from '../condemn-roots.ts'
import { microseconds } from '../microseconds.ts'
import { storageUsedUp } from '../plan-refusals.ts'
import { isUniqueViolation, RetryTransaction } from '../postgres-errors.ts'
import type { PinRow, Tables } from '../tables.ts'
import type { UnitOfWorkContext } from '../unit-of-work.ts'
import { wantContent } from './fetch-rows.ts'
import { nextCreatedSql } from './next-created.ts'

/** A pin as it was written. */
export type InsertedPin = Pick<
  PinRow,
  'id' | 'cid' | 'name' | 'status' | 'created_at' | 'pinned_at' | 'meta' | 'info' | 'origins' | 'psa_status'
> & { /** With microseconds. */ created: string; dag_size: number | null }

/** A root that was taken for this pin, and what it holds. */
export type AdoptedRoot = { contentId: string; dagSize: number; blocks: number }

export type NewPinRow = {
  organizationId: string
  userId: string
  realm: string
  /** As the caller gave it. */
  cid: string
  canonical: string
  name: string | null
  meta: Record<string, unknown>
  /** Peers that are said to have it, as multiaddrs. */
  origins?: readonly string[]
  nodeId: string
  adopted: AdoptedRoot | undefined
  /** Bytes that the same transaction gives back: those of the pin that this one replaces. */
  credit?: number
}

type Tx = Transaction<Tables>
type Usage = { stored: number; limit: number | null }
type LiveContent = { id: string; state: 'wanted' | 'held'; dag_size: number | null; confirmed: number; paid: boolean }

/**
 * Writes a pin on the live content of its root, which is made when there is none. Locks in the order that every writer
 * keeps: usage, then the content row.
 * @throws HoldfastError `quota_exceeded`
 */
export const insertPin = async (uow: UnitOfWorkContext, row: NewPinRow): Promise<InsertedPin> => {
  const usage = await lockUsage(uow.tx, row.organizationId)
  const live = await lockContent(uow.tx, row)
  if (live !== undefined && row.adopted !== undefined)
    await condemnRoots(uow, [{ ...row.adopted, realm: row.realm, cid: row.canonical }], 'duplicate')
  const content = live ?? (await insertContent(uow, row))
  const cost = content.state === 'held' && !content.paid ? (content.dag_size ?? 0) : 0
  if (cost > 0 && usage.limit !== null && usage.stored - (row.credit ?? 0) + cost > usage.limit) throw storageUsedUp()
  await sql`
    update usage set stored_bytes = stored_bytes + ${cost},
      roots = roots + ${content.state === 'held' && !content.paid ? 1 : 0},
      last_pin_at = ${nextCreatedSql}
    where organization_id = ${row.organizationId}
  `.execute(uow.tx)
  const isBegun =
    content.state === 'wanted' &&
    (await wantContent(uow, { contentId: content.id, organizationIds: [row.organizationId] })).isBegun
  return writePin(uow, row, { ...content, isBegun })
}

const lockUsage = async (tx: Tx, organizationId: string): Promise<Usage> => {
  await sql`
    insert into usage (organization_id) select id from organizations where id = ${organizationId} on conflict do nothing
  `.execute(tx)
  const { rows } = await sql<Usage>`
    select u.stored_bytes as stored, l.storage_bytes as "limit"
    from usage u join organization_limits l on l.organization_id = u.organization_id
    where u.organization_id = ${organizationId} for update of u
  `.execute(tx)
  if (rows[0] === undefined) throw new HoldfastError('not_found')
  return rows[0]
}

const lockContent = async (tx: Tx, row: NewPinRow): Promise<LiveContent | undefined> => {
  const { rows } = await sql<LiveContent>`
    select c.id, c.state, c.dag_size,
      (select count(*) from replicas r where r.content_id = c.id and r.status = 'pinned') as confirmed,
      exists (select from pins p where p.content_id = c.id and p.organization_id = ${row.organizationId}) as paid
    from contents c
    where c.realm = ${row.realm} and c.cid = ${row.canonical} and c.state <> 'released'
    for update of c
  `.execute(tx)
  return rows[0]
}

const insertContent = async ({ tx }: UnitOfWorkContext, row: NewPinRow): Promise<LiveContent> => {
  const { adopted } = row
  const id = adopted?.contentId ?? randomUUIDv7()
  const state = adopted === undefined ? 'wanted' : 'held'
  const size = { dag_size: adopted?.dagSize ?? null, blocks: adopted?.blocks ?? null }
  try {
    await tx
      .insertInto('contents')
      .values({ id, realm: row.realm, cid: row.canonical, state, ...size, confirmed: adopted === undefined ? 0 : 1 })
      .execute()
  } catch (error) {
    if (isUniqueViolation(error, 'contents_live')) throw new RetryTransaction('the root became live meanwhile')
    throw error
  }
  if (adopted !== undefined)
    await tx
      .insertInto('replicas')
      .values({
        content_id: id,
        node_id: row.nodeId,
        status: 'pinned',
        pinned_at: sql<Date>`now()`,
        last_checked: sql<Date>`now()`,
      })
      .execute()
  return { id, state, dag_size: size.dag_size, confirmed: adopted === undefined ? 0 : 1, paid: false }
}

const writePin = async (
  { tx, record }: UnitOfWorkContext,
  row: NewPinRow,
  content: LiveContent & { isBegun: boolean },
): Promise<InsertedPin> => {
  const status = pinStatus({
    contentState: content.state,
    confirmedReplicas: content.confirmed,
    replicationMin: 1,
    fetching: content.isBegun,
    wasPinned: false,
    failure: null,
  })
  const { rows } = await sql<InsertedPin>`
    insert into pins (id, organization_id, user_id, content_id, cid, name, name_folded, meta, origins, status,
      is_private, created_at, pinned_at)
    select ${randomUUIDv7()}, ${row.organizationId}, ${row.userId}, ${content.id}, ${row.cid}, ${row.name},
      ${row.name === null ? null : foldText(row.name)}, ${JSON.stringify(row.meta)}::jsonb,
      ${status === 'pinned' ? [] : [...(row.origins ?? [])]}::text[], ${status}, ${row.realm === 'private'}, u.last_pin_at,
      case when ${status} = 'pinned' then u.last_pin_at end
    from usage u where u.organization_id = ${row.organizationId}
    returning id, cid, name, meta, origins, status, psa_status, info, created_at, pinned_at,
      ${microseconds('created_at')} as created, ${content.dag_size}::bigint as dag_size
  `.execute(tx)
  const pin = rows[0]
  if (pin === undefined) throw new Error('the pin was not written')
  const { organizationId, userId: actorId } = row
  const payload = { cid: row.cid, status, contentId: content.id }
  record({ kind: 'pin.created', organizationId, actorId, subject: pin.id, payload })
  return pin
}
