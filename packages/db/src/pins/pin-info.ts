import type { PinStatus } from '@packages/shared/pin-state'
import { type RawBuilder, sql } from 'kysely'

/** What is known of the fetch that a pin waits for, as JSON gives it. */
export type FetchTold = {
  state: 'queued' | 'running' | 'waiting' | 'failed'
  phase: 'searching' | 'fetching' | 'replicating' | null
  blocks: number
  bytes: number
  providers: { peerId: string; outcome: string }[]
  tries: number
  error: string | null
  nextTryAt: string | null
}

/** For a statement over `pins`: the fetch that each waits for, or null. */
export const fetchOfPin: RawBuilder<FetchTold | null> = sql<FetchTold | null>`(
  select json_build_object('state', f.state, 'phase', f.phase, 'blocks', f.blocks, 'bytes', f.bytes,
    'providers', f.providers, 'tries', f.attempts, 'error', f.error,
    'nextTryAt', case when f.state = 'waiting' and isfinite(q.due_at) then q.due_at end)
  from fetches f
  left join fetch_queue q on q.content_id = f.content_id and q.organization_id = pins.organization_id
  where f.content_id = pins.content_id
)`

const WAITING = 'The content is not held here; it waits for its turn to be fetched.'

/**
 * What is told of a pin beside its status: why it is not pinned, how far it is, who was asked, and when the next try is. Progress is joined when it is
 * read: one content may have 10,000 pins.
 */
export const pinInfo = (pin: {
  status: PinStatus
  info: Record<string, unknown>
  fetch?: FetchTold | null
}): Record<string, unknown> => {
  const { status, info, fetch: told = null } = pin
  if (status === 'pinned' || status === 'failed') return info
  if (status === 'degraded' && told === null) return info
  if (status === 'queued') return { reason: told?.error ?? WAITING, ...info }
  if (told === null) return { phase: 'replicating', ...info }
  return {
    ...(told.error === null ? {} : { reason: told.error }),
    ...info,
    phase: told.phase ?? 'searching',
    blocks: told.blocks,
    bytes: told.bytes,
    tries: told.tries,
    providers: told.providers,
    ...(told.nextTryAt === null ? {} : { nextTryAt: new Date(told.nextTryAt).toISOString() }),
  }
}
