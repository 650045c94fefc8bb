import { z } from 'zod'
import type { ApiInstance } from '../../../api-instance.ts'
import { actorOf } from '../../../authorization/actor-of.ts'
import { readWays, type ReadWaysDeps, waysSchema } from './read-ways.ts'
import { unlink, type UnlinkDeps } from './unlink.ts'

export type WaysDeps = ReadWaysDeps & UnlinkDeps

/** `/api/v1/auth/ways`: what opens the caller's account. */
export const registerWaysRoutes = (app: ApiInstance, deps: WaysDeps): void => {
  const config = { action: 'account:write', metered: false } as const

  app.get(
    '/api/v1/auth/ways',
    {
      config,
      schema: {
        docs: { operationId: 'getSignInWays', tag: 'Sign-in', summary: 'What opens my account', errors: ['forbidden'] },
        response: { 200: waysSchema },
      },
    },
    (request) => readWays(deps, actorOf(request)),
  )

  app.delete(
    '/api/v1/auth/ways/single-sign-on',
    {
      config,
      schema: {
        docs: {
          operationId: 'unlinkSingleSignOn',
          tag: 'Sign-in',
          summary: 'Let the sign-in provider open my account no more',
          description:
            'Refused when nothing else opens it. Sessions go on until they are ended. The owner is told by mail.',
          errors: ['forbidden', 'not_found', 'conflict'],
        },
        response: { 204: z.undefined().describe('It opens the account no more.') },
      },
    },
    async (request, reply) => {
      await unlink(deps, actorOf(request))
      return reply.code(204).send()
    },
  )
}
