import type { StoredEvent } from '@packages/db/events/read-events'
import { eventIdOf } from './event-id.ts'
import type { PresentedEvent } from './schemas.ts'

export const presentEvent = (event: StoredEvent): PresentedEvent => ({
  id: eventIdOf(event.position),
  kind: event.kind,
  at: event.createdAt.toISOString(),
  subject: event.subject,
  actorId: event.actorId,
  payload: event.payload,
})

/** As a stream of server-sent events has it (HTML standard, 9.2): JSON has no line ends of its own. */
export const eventText = (event: PresentedEvent): string =>
  `id: ${event.id}\nevent: ${event.kind}\ndata: ${JSON.stringify(event)}\n\n`
