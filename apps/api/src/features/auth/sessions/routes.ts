import { z } from 'zod'
import type { ApiInstance } from '../../../api-instance.ts'
import { actorOf } from '../../../authorization/actor-of.ts'
import { listSessions, type ListSessionsDeps, sessionSchema } from './list-sessions.ts'
import { revokeOtherSessions, revokeSession, type RevokeSessionsDeps } from './revoke-sessions.ts'

export type SessionsDeps = ListSessionsDeps & RevokeSessionsDeps

/** `/api/v1/auth/sessions`: where the caller is signed in. */
export const registerSessionsRoutes = (app: ApiInstance, deps: SessionsDeps): void => {
  app.get(
    '/api/v1/auth/sessions',
    {
      config: { action: 'account:write', metered: false },
      schema: {
        docs: {
          operationId: 'listSessions',
          tag: 'Sign-in',
          summary: 'Where am I signed in',
          errors: ['forbidden'],
        },
        response: { 200: z.object({ sessions: z.array(sessionSchema) }) },
      },
    },
    async (request) => ({ sessions: await listSessions(deps, actorOf(request)) }),
  )

  app.delete(
    '/api/v1/auth/sessions/:id',
    {
      config: { action: 'account:write' },
      schema: {
        docs: {
          operationId: 'revokeSession',
          tag: 'Sign-in',
          summary: 'End one of my sessions',
          description: 'Its access tokens, refresh tokens and cookie stop working at once.',
          errors: ['forbidden', 'not_found'],
        },
        params: z.object({ id: z.string() }),
        response: { 204: z.undefined().describe('The session has ended.') },
      },
    },
    async (request, reply) => {
      await revokeSession(deps, actorOf(request), request.params.id)
      return reply.code(204).send()
    },
  )

  app.delete(
    '/api/v1/auth/sessions',
    {
      config: { action: 'account:write' },
      schema: {
        docs: {
          operationId: 'revokeOtherSessions',
          tag: 'Sign-in',
          summary: 'End all of my sessions but this one',
          errors: ['forbidden'],
        },
        response: { 200: z.object({ revoked: z.int().meta({ description: 'How many sessions have ended.' }) }) },
      },
    },
    (request) => revokeOtherSessions(deps, actorOf(request)),
  )
}
