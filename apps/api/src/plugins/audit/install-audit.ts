import type { NotedEntry } from '@packages/db/audit/fold-refusals'
import { type AuditTrail, runWithTrail } from '@packages/runtime/audit-trail'
import { parseCid } from '@packages/shared/cid'
import { isUuid } from '@packages/shared/ids'
import type { FastifyRequest } from 'fastify'
import type { ApiInstance } from '../../api-instance.ts'
import { addressKey } from '../address-key.ts'
import { outcomeOf } from './outcome-of.ts'

export type AuditSink = { note(entry: NotedEntry): void }

const MAX_EMAIL_CHARS = 254

const trailOf = ({ id, ip, headers }: FastifyRequest): AuditTrail => ({
  requestId: id,
  address: ip,
  userAgent: headers['user-agent'] ?? null,
  credential: 'none',
  userId: null,
  organizationId: null,
  refusal: null,
  written: 0,
})

/** The account that somebody who is not signed in names. */
const accountOf = ({ actor, body }: FastifyRequest): string | undefined => {
  if (actor !== null || typeof body !== 'object' || body === null || !('email' in body)) return undefined
  if (typeof body.email !== 'string') return undefined
  const email = body.email.trim().toLowerCase()
  return email.length > MAX_EMAIL_CHARS ? undefined : email
}

const isCid = (text: string): boolean => {
  try {
    parseCid(text)
    return true
  } catch {
    return false
  }
}

/** A row's id, also behind that of a store, or a CID. */
const isId = (text: string): boolean => isUuid(text.replace(/^[0-9a-f]{8}\./, '')) || isCid(text)

/** Ids and CIDs of the address; anything else that a caller wrote there, a key by mistake, stays out of the log, which forgets nothing. */
const resourceOf = ({ params }: FastifyRequest): string | null => {
  if (typeof params !== 'object' || params === null) return null
  const ids = Object.values(params).filter((value) => typeof value === 'string' && isId(value))
  return typeof ids[0] === 'string' ? ids[0] : null
}

/**
 * Gives each request its trail, which goes along to the changes that it makes, and notes what leaves no change behind:
 * refused mutations, and reads of secrets.
 */
export const installAudit = (app: ApiInstance, sink: AuditSink): void => {
  app.decorateRequest('trail', null)
  app.addHook('onRequest', (request, _reply, done) => {
    const trail = trailOf(request)
    request.trail = trail
    runWithTrail(trail, done)
  })
  // Reading the body loses the context of the hooks before it; the caller is known by now.
  app.addHook('preValidation', (request, _reply, done) => {
    const { trail, actor } = request
    if (trail === null) return done()
    if (actor !== null) {
      trail.credential = actor.kind
      trail.userId = actor.userId
      trail.organizationId = actor.organizationId
    }
    runWithTrail(trail, done)
  })
  app.addHook('onResponse', (request, reply, done) => {
    const { trail, actor, method, routeOptions } = request
    done()
    if (trail === null || request.is404) return
    const { audit } = routeOptions.config
    const result = outcomeOf({ ...trail, method, audit, status: reply.statusCode })
    if (result === null) return
    const account = accountOf(request)
    sink.note({
      userId: actor?.userId ?? null,
      credential: actor?.kind ?? 'none',
      organizationId: actor?.organizationId ?? null,
      action: routeOptions.schema?.docs?.operationId ?? `${method} ${routeOptions.url ?? ''}`,
      resourceKind: 'request',
      resourceId: resourceOf(request),
      result,
      code: trail.refusal,
      status: reply.statusCode,
      repeats: 1,
      requestId: trail.requestId,
      address: trail.address,
      userAgent: trail.userAgent,
      addressKey: addressKey(request.ip),
      ...(account === undefined ? {} : { account }),
    })
  })
}
