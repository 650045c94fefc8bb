import { type PinStatus, pinStatus } from '@packages/shared/pin-state'
import { sql } from 'kysely'
import { recordset } from '../ingest/recordset.ts'
import type { UnitOfWorkContext } from '../unit-of-work.ts'

/** Pins of one content that are alike in all that decides their status. */
type AlikePins = {
  content_id: string
  replication_min: number
  was_pinned: boolean
  status: PinStatus
  copies_left: number
  state: 'wanted' | 'held'
  confirmed: number
  fetch: 'queued' | 'running' | 'waiting' | 'failed' | null
  attempts: number
  error: string | null
}

/**
 * Derives the status of all pins of these contents from the facts, and tells of those that it changes: by one statement, however many there are.
 * To be called in the transaction that changes a fact, after it. `reason` is told with pins that are not pinned.
 */
export const refreshPins = async (
  { tx, record }: Pick<UnitOfWorkContext, 'tx' | 'record'>,
  contentIds: readonly string[],
  { reason }: { reason?: string } = {},
): Promise<void> => {
  if (contentIds.length === 0) return
  const { rows } = await sql<AlikePins>`
    select distinct p.content_id, p.replication_min, p.pinned_at is not null as was_pinned, p.status, p.copies_left,
      c.state, c.confirmed, f.state as fetch, coalesce(f.attempts, 0) as attempts, f.error
    from pins p join contents c on c.id = p.content_id left join fetches f on f.content_id = c.id
    where p.content_id = any(${[...contentIds]}::uuid[]) and c.state <> 'released'
  `.execute(tx)
  const changes = rows.flatMap((pins) => changeOf(pins, reason))
  if (changes.length === 0) return
  const columns = `content_id uuid, replication_min int, was_pinned boolean, old text, old_copies int, status text, copies int, info jsonb`
  const { rows: changed } = await sql<{ id: string; organization_id: string; status: PinStatus; old: PinStatus }>`
    update pins p set status = x.status, copies_left = x.copies, info = x.info,
      pinned_at = case when x.status = 'pinned' then coalesce(p.pinned_at, now()) else p.pinned_at end,
      -- Hints for the fetch, and addresses of people: not needed any more.
      origins = case when x.status in ('pinned', 'failed') then '{}' else p.origins end
    from ${recordset(changes, columns)}
    where p.content_id = x.content_id and p.replication_min = x.replication_min
      and (p.pinned_at is not null) = x.was_pinned and p.status = x.old and p.copies_left = x.old_copies
    returning p.id, p.organization_id, p.status, x.old
  `.execute(tx)
  for (const { id: subject, organization_id: organizationId, status, old } of changed)
    if (status !== old)
      record({ kind: 'pin.status-changed', organizationId, actorId: null, subject, payload: { status } })
}

const changeOf = (pins: AlikePins, reason: string | undefined): object[] => {
  const failure = pins.fetch === 'failed' ? (pins.error ?? 'The content could not be fetched.') : null
  const status = pinStatus({
    contentState: pins.state,
    confirmedReplicas: pins.confirmed,
    replicationMin: pins.replication_min,
    // From its first try on somebody is at work, also between two tries.
    fetching: pins.attempts > 0,
    wasPinned: pins.was_pinned,
    failure,
  })
  const copies = status === 'degraded' ? pins.confirmed : 0
  if (status === pins.status && copies === pins.copies_left) return []
  const why = status === 'failed' ? failure : status === 'pinned' ? null : (reason ?? null)
  const info = why === null ? {} : { reason: why }
  const { content_id, replication_min, was_pinned, status: old, copies_left: old_copies } = pins
  return [{ content_id, replication_min, was_pinned, old, old_copies, status, copies, info }]
}
