import { randomUUIDv7 } from 'node:crypto'
import { makeProof } from '@packages/db/gateway-domains/domain-proof'
import type { DomainLooks } from '@packages/db/gateway-domains/domain-looks'
import { isUniqueViolation } from '@packages/db/postgres-errors'
import { domainNameOf, isBelow } from '@packages/shared/domain-name'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { isUuid } from '@packages/shared/ids'
import type { Actor } from '../../authorization/actor.ts'
import { authorize } from '../../authorization/authorize.ts'
import type { RecordReply } from '../../plugins/idempotency/idempotent.ts'
import { type PresentedDomain, presentDomain } from './presenter.ts'
import { type ChangeGatewayDeps, type Changed, changeInForce, isFollowed, rowOf } from './put-in-force.ts'

export type ChangeDomainsDeps = ChangeGatewayDeps & {
  looks: Pick<DomainLooks, 'lookAt'>
  /** Hosts of the platform: neither they nor what is below them can be somebody's domain. */
  ownHosts: readonly string[]
}

/** All of them go through the policy log with each change. */
export const MAX_DOMAINS = 20

type OfDomain = { id: string; domainId: string }

/** Names a domain of a gateway. It is served when its proof stands in DNS. @throws HoldfastError `invalid_request`, `not_found`, `already_exists`, `quota_exceeded`, `rate_limited` */
export const addDomain = async (
  deps: ChangeDomainsDeps,
  actor: Actor | null,
  gatewayId: string,
  { domain: written }: { domain: string },
  recordReply: RecordReply,
): Promise<Changed<PresentedDomain>> => {
  authorize(actor, 'gateways:write', {})
  const domain = domainNameOf(written)
  if (domain === undefined) throw new HoldfastError('invalid_request', { detail: 'This is no domain.' })
  if (isBelow(domain, deps.ownHosts))
    throw new HoldfastError('invalid_request', { detail: 'This is a host of the platform.' })
  await deps.changes.take(actor.organizationId)
  const added = changeInForce(deps, actor, gatewayId, async ({ tx }) => {
    const { domains } = await rowOf(tx, actor.organizationId, gatewayId)
    if (domains.length >= MAX_DOMAINS)
      throw new HoldfastError('quota_exceeded', { detail: `A gateway has ${MAX_DOMAINS} domains at most.` })
    const id = randomUUIDv7()
    const row = await tx
      .insertInto('gateway_domains')
      .values({ id, gateway_id: gatewayId, domain, proof: makeProof() })
      .returningAll()
      .executeTakeFirstOrThrow()
    const result = presentDomain(row)
    await recordReply(tx, { status: 201, body: result, subject: id })
    return { kind: 'gateway.domain-added', payload: { domainId: id, domain }, result }
  })
  return added.catch((error: unknown) => {
    if (isUniqueViolation(error, 'gateway_domains_gateway_id_domain_key'))
      throw new HoldfastError('already_exists', { detail: 'The gateway has this domain.' })
    throw error
  })
}

/** Looks at a domain's DNS now, and puts in force what stands there. @throws HoldfastError `not_found`, `unavailable`, `rate_limited` */
export const verifyDomain = async (
  { db, looks, changes }: ChangeDomainsDeps,
  actor: Actor | null,
  { id, domainId }: OfDomain,
): Promise<Changed<PresentedDomain>> => {
  authorize(actor, 'gateways:write', {})
  const read = async (): Promise<PresentedDomain> => {
    const { domains } = await rowOf(db.kysely, actor.organizationId, id)
    const row = domains.find((one) => one.id === domainId)
    if (row === undefined) throw new HoldfastError('not_found')
    return presentDomain(row)
  }
  if (!isUuid(id)) throw new HoldfastError('not_found')
  await read()
  await changes.take(actor.organizationId)
  const { policyPosition } = await looks.lookAt(domainId, actor.userId)
  return { result: await read(), followed: await isFollowed(db, policyPosition) }
}

/** Ends a domain, and what is being sent by it. @returns whether it is so in every worker @throws HoldfastError `not_found` */
export const removeDomain = async (
  deps: ChangeGatewayDeps,
  actor: Actor | null,
  { id: gatewayId, domainId }: OfDomain,
): Promise<boolean> => {
  authorize(actor, 'gateways:write', {})
  if (!isUuid(domainId)) throw new HoldfastError('not_found')
  const { followed } = await changeInForce(deps, actor, gatewayId, async ({ tx }) => {
    const gone = await tx
      .deleteFrom('gateway_domains')
      .where('id', '=', domainId)
      .where('gateway_id', '=', gatewayId)
      .returning('domain')
      .executeTakeFirst()
    if (gone === undefined) throw new HoldfastError('not_found')
    return { kind: 'gateway.domain-removed', payload: { domainId, domain: gone.domain }, result: undefined }
  })
  return followed
}
