import { currentEventPosition, isEventPositionKnown, readEvents } from '@packages/db/events/read-events'
import type { Database } from '@packages/db/open-database'
import type { LogPosition } from '@packages/shared/policy-log'
import type { z } from 'zod'
import type { Actor } from '../../authorization/actor.ts'
import { authorize } from '../../authorization/authorize.ts'
import { eventIdOf, parseEventId } from './event-id.ts'
import { presentEvent } from './presenter.ts'
import type { EventQuery, eventPageSchema } from './schemas.ts'
import { visibleKinds } from './visible-kinds.ts'

export type ListEventsDeps = { db: Pick<Database, 'kysely'> }

/** Where to read from; `reset` when something may be missing before it. @throws HoldfastError `invalid_cursor` */
export const placeOf = async (
  { db }: ListEventsDeps,
  last: string | undefined,
): Promise<{ after: LogPosition; reset: boolean }> => {
  const place = last === undefined ? undefined : parseEventId(last)
  if (place !== undefined && (await isEventPositionKnown(db.kysely, place))) return { after: place, reset: false }
  return { after: await currentEventPosition(db.kysely), reset: place !== undefined }
}

/** Events since the last one that was read, for who asks from time to time. @throws HoldfastError `invalid_cursor` */
export const listEvents = async (
  deps: ListEventsDeps,
  actor: Actor | null,
  { after: last, limit }: EventQuery,
): Promise<z.infer<typeof eventPageSchema>> => {
  authorize(actor, 'events:read', {})
  const { after, reset } = await placeOf(deps, last)
  const { organizationId } = actor
  const events = await readEvents(deps.db.kysely, { organizationId, kinds: visibleKinds(actor), after, limit })
  return { events: events.map(presentEvent), next: eventIdOf(events.at(-1)?.position ?? after), reset }
}
