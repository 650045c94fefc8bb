import type { OpenGateway } from '@packages/shared/open-gateway'
import type { Kysely, Transaction } from 'kysely'
import { lockSubject } from './lock-subject.ts'
import type { Tables } from './tables.ts'

/** By name. */
export type OpenGatewayList = readonly (readonly [string, OpenGateway])[]

/**
 * Changes of one gateway wait for one another, by its name, which is what workers know it by; and for a change of its organization's state, or that one for
 * them: what it says of the gateway is then what it says last.
 */
export const lockGateway = async (
  tx: Transaction<Tables>,
  { name, organizationId }: { name: string; organizationId: string },
): Promise<void> => {
  await lockSubject(tx, `gateway ${name}`)
  await tx.selectFrom('organizations').select('id').where('id', '=', organizationId).forShare().execute()
}

/**
 * Gateways: all of them, those of one organization, or one alone. Those of a suspended organization are closed. Take the place in the policy log first, and
 * apply what comes after it.
 */
export const readOpenGateways = async (
  db: Kysely<Tables>,
  only: { id?: string; organizationId?: string } = {},
): Promise<OpenGatewayList> => {
  let query = db
    .selectFrom('gateways')
    .innerJoin('organizations', 'organizations.id', 'gateways.organization_id')
    .selectAll('gateways')
    .select('organizations.state')
  if (only.id !== undefined) query = query.where('gateways.id', '=', only.id)
  if (only.organizationId !== undefined) query = query.where('gateways.organization_id', '=', only.organizationId)
  const rows = await query.execute()
  if (rows.length === 0) return []
  const tokens = await db
    .selectFrom('gateway_tokens')
    .select(['gateway_id', 'token_hash'])
    .where(
      'gateway_id',
      'in',
      rows.map(({ id }) => id),
    )
    .execute()
  const domains = await db
    .selectFrom('gateway_domains')
    .select(['gateway_id', 'domain'])
    .where('verified_at', 'is not', null)
    .where(
      'gateway_id',
      'in',
      rows.map(({ id }) => id),
    )
    .orderBy('domain')
    .execute()
  const byGateway = Map.groupBy(tokens, ({ gateway_id }) => gateway_id)
  const domainsOf = Map.groupBy(domains, ({ gateway_id }) => gateway_id)
  return rows.map((row) => [
    row.name,
    {
      id: row.id,
      ...(row.state === 'suspended'
        ? // Who does not know the word lets nobody in either.
          { closed: true, tokenRequired: true, tokens: [] }
        : {
            tokenRequired: row.token_required,
            tokens: (byGateway.get(row.id) ?? []).map(({ token_hash }) => token_hash.toString('hex')),
          }),
      domains: (domainsOf.get(row.id) ?? []).map(({ domain }) => domain),
      addresses: row.allowed_addresses,
      hosts: row.allowed_hosts,
      referrers: row.allowed_referrers,
      requestsPerMinute: row.requests_per_minute,
      bytesPerMinute: row.bytes_per_minute,
      indexPath: row.index_path,
      notFoundPath: row.not_found_path,
    },
  ])
}
