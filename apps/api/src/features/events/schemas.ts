import { z } from 'zod'
import { limitQuery } from '../../values/query-values.ts'

export const eventSchema = z
  .object({
    id: z.string().describe('Its place in the log. Rises from event to event.'),
    kind: z.string().describe('Such as `pin.status-changed`.'),
    at: z.string().describe('RFC 3339, UTC.'),
    subject: z.string().describe('The id of what has changed.'),
    actorId: z.string().nullable().describe('Who did it; null: the platform.'),
    payload: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'Event' })

export type PresentedEvent = z.infer<typeof eventSchema>

export const eventPageSchema = z
  .object({
    events: z.array(eventSchema),
    next: z.string().describe('`after` of the next question, also when there were no events.'),
    reset: z.boolean().describe('Something may be missing before these: read the state anew.'),
  })
  .meta({ id: 'EventPage' })

export const eventQuery = z.strictObject({
  after: z.string().max(64).optional().describe('The id of the last event that was read; from now on without one.'),
  limit: limitQuery,
})

export type EventQuery = z.output<typeof eventQuery>
