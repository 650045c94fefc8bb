import { Readable } from 'node:stream'
import type { ApiInstance } from '../../api-instance.ts'
import { type ListEventsDeps, listEvents } from './list-events.ts'
import { eventPageSchema, eventQuery } from './schemas.ts'
import { streamEvents, type StreamEventsDeps } from './stream-events.ts'

export type EventsDeps = ListEventsDeps & StreamEventsDeps

const SSE = 'text/event-stream'

/** Who asks for JSON gets a page; everybody else, and browsers before all, the stream. */
const wantsPage = (accept: string | undefined): boolean =>
  accept !== undefined && /application\/json/i.test(accept) && !/text\/event-stream/i.test(accept)

/** `/api/v1/events`: what changes in an organization, as it changes. */
export const registerEventsRoutes = (app: ApiInstance, deps: EventsDeps): void => {
  app.get(
    '/api/v1/events',
    {
      config: { action: 'events:read', rateClass: 'list' },
      schema: {
        docs: {
          operationId: 'streamEvents',
          tag: 'Events',
          summary: 'What changes in the organization, as it changes',
          description: `A stream of server-sent events, each of a kind that the caller may read about. It begins now, or behind the event whose id \`Last-Event-ID\` or \`after\` names: none is left out or told twice,
whatever was restarted meanwhile. A comment every 15 seconds is a sign of life. \`event: reset\` says that something may be missing (events are kept for 90 days): read the state anew. The stream ends when what its caller may
has changed. A key or session may have 10 of them open. With \`Accept: application/json\` it is a page of events instead.`,
          errors: ['invalid_cursor', 'unavailable'],
          responses: {
            200: {
              description: 'Events, in their order.',
              content: {
                [SSE]: {
                  schema: { type: 'string' },
                  example:
                    'id: 812-90\nevent: pin.status-changed\ndata: {"id":"812-90","kind":"pin.status-changed"}\n\n',
                },
              },
            },
          },
        },
        querystring: eventQuery,
        response: { 200: eventPageSchema },
      },
    },
    async (request, reply) => {
      const { actor, headers, query } = request
      if (wantsPage(headers.accept)) return listEvents(deps, actor, query)
      const gone = new AbortController()
      reply.raw.once('close', () => gone.abort())
      if (reply.raw.destroyed) gone.abort()
      const given = headers['last-event-id']
      const last = (Array.isArray(given) ? given[0] : given) || query.after
      const events = await streamEvents(deps, actor, { last, signal: gone.signal })
      return reply
        .type(SSE)
        .header('cache-control', 'no-store')
        .header('x-accel-buffering', 'no')
        .send(Readable.from(events, { objectMode: false }) as never)
    },
  )
}
