import { sql } from 'kysely'
import type { Actor } from '../../authorization/actor.ts'
import { authorize } from '../../authorization/authorize.ts'
import { presentGateway, type PresentedGateway } from './presenter.ts'
import { type ChangeGatewayDeps, type Changed, changeInForce, rowOf } from './put-in-force.ts'
import type { GatewayChange, NewGateway } from './schemas.ts'

/** The columns of settings. */
export const columnsOf = (settings: Omit<NewGateway, 'name'>) => ({
  mode: settings.mode,
  token_required: settings.tokenRequired,
  allowed_addresses: settings.allowedAddresses,
  allowed_hosts: settings.allowedHosts,
  allowed_referrers: settings.allowedReferrers,
  requests_per_minute: settings.requestsPerMinute,
  bytes_per_minute: settings.bytesPerMinute,
  index_path: settings.indexPath,
  not_found_path: settings.notFoundPath,
})

/** Changes who may read through a gateway, how much, and what it shows. @throws HoldfastError `not_found`, `rate_limited` */
export const changeGateway = async (
  deps: ChangeGatewayDeps,
  actor: Actor | null,
  id: string,
  change: GatewayChange,
): Promise<Changed<PresentedGateway>> => {
  authorize(actor, 'gateways:write', {})
  const { organizationId } = actor
  await deps.changes.take(organizationId)
  return changeInForce(deps, actor, id, async ({ tx }) => {
    const before = presentGateway(await rowOf(tx, organizationId, id))
    await tx
      .updateTable('gateways')
      .set({ ...columnsOf({ ...before, ...change }), updated_at: sql`now()` })
      .where('id', '=', id)
      .execute()
    const result = presentGateway(await rowOf(tx, organizationId, id))
    return { kind: 'gateway.changed', payload: { fields: Object.keys(change) }, result }
  })
}
