import type { Database } from '@packages/db/open-database'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { ApiInstance } from '../../api-instance.ts'
import { CLIENT_ADDRESS_HEADER } from './better-auth.ts'
import { addChallenge } from './second-factor/challenges.ts'
import { SecondFactorNeeded } from './second-factor/session-gate.ts'
import type { SignInLimit } from './sign-in-limit.ts'

export type BetterAuthRoutesDeps = {
  db: Pick<Database, 'unitOfWork'>
  publicUrl: string
  /** better-auth's fetch handler. */
  handler: (request: Request) => Promise<Response>
  signInLimit: Pick<SignInLimit, 'guard'>
}

/**
 * What of better-auth is open now. It brings some forty routes (sign-up, organizations, password change, …), which come
 * with the features that need them; all others are unknown addresses (404).
 */
const OPEN_ROUTES = [
  { method: 'POST', path: '/sign-in/email', rateClass: 'sign-in' },
  { method: 'POST', path: '/sign-out', rateClass: 'standard' },
  { method: 'GET', path: '/get-session', rateClass: 'standard' },
  { method: 'GET', path: '/organization/list', rateClass: 'standard' },
] as const

const toFetchRequest = (request: FastifyRequest, publicUrl: string): Request => {
  const headers = new Headers()
  for (const [name, value] of Object.entries(request.headers))
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value)
  headers.set(CLIENT_ADDRESS_HEADER, request.ip)
  headers.delete('content-length')
  const body = request.body === undefined || request.body === null ? undefined : JSON.stringify(request.body)
  return new Request(new URL(request.url, publicUrl), { method: request.method, headers, body })
}

const sendFetchResponse = async (response: Response, reply: FastifyReply): Promise<unknown> => {
  reply.code(response.status)
  for (const [name, value] of response.headers) if (name !== 'set-cookie') reply.header(name, value)
  for (const cookie of response.headers.getSetCookie()) reply.header('set-cookie', cookie)
  return reply.send(Buffer.from(await response.arrayBuffer()))
}

/** What no account can have is not counted: it would only fill the memory. */
const MAX_EMAIL_CHARS = 254

/** The account that a body wants to sign in to, written as log-in writes it. */
const emailOf = (body: unknown): string | undefined => {
  if (typeof body !== 'object' || body === null || !('email' in body) || typeof body.email !== 'string')
    return undefined
  const email = body.email.trim().toLowerCase()
  return email.length > MAX_EMAIL_CHARS ? undefined : email
}

const answer = async (request: FastifyRequest, deps: BetterAuthRoutesDeps): Promise<Response> => {
  const ask = (): Promise<Response> => deps.handler(toFetchRequest(request, deps.publicUrl))
  const email = request.routeOptions.config.rateClass === 'sign-in' ? emailOf(request.body) : undefined
  if (email === undefined) return ask()
  const { response } = await deps.signInLimit.guard({ email, ipAddress: request.ip }, async () => {
    const given = await askOrChallenge(ask, deps)
    return { wrong: given.status === 401, response: given }
  })
  return response
}

/** Somebody whose password was right and who has a second factor gets the same challenge as from `POST /api/v1/auth/login`. */
const askOrChallenge = async (
  ask: () => Promise<Response>,
  { db }: Pick<BetterAuthRoutesDeps, 'db'>,
): Promise<Response> => {
  try {
    return await ask()
  } catch (error) {
    if (!(error instanceof SecondFactorNeeded)) throw error
    const { result } = await db.unitOfWork.run((uow) => addChallenge(uow, error.userId))
    return Response.json(result.challenge, { status: 202, headers: { 'cache-control': 'no-store' } })
  }
}

/** Serves better-auth under `/api/auth`: what the dashboard signs in and out with. Its errors keep its own form. */
export const registerBetterAuthRoutes = (app: ApiInstance, deps: BetterAuthRoutesDeps): void => {
  for (const { method, path, rateClass } of OPEN_ROUTES)
    app.route({
      method,
      url: `/api/auth${path}`,
      exposeHeadRoute: false,
      config: { access: 'public', rateClass },
      handler: async (request, reply) => sendFetchResponse(await answer(request, deps), reply),
    })
}
