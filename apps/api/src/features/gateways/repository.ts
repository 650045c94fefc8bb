import type { Row, Tables } from '@packages/db/tables'
import type { Kysely } from 'kysely'

export type TokenRow = Pick<Row<'gateway_tokens'>, 'id' | 'name' | 'created_at'>
export type GatewayRow = Row<'gateways'> & { tokens: TokenRow[]; domains: Row<'gateway_domains'>[] }

/** The organization's gateways with their tokens and domains, or the one with this id, by name. There are few. */
export const listGatewayRows = async (
  db: Kysely<Tables>,
  organizationId: string,
  id?: string,
): Promise<GatewayRow[]> => {
  let query = db.selectFrom('gateways').selectAll().where('organization_id', '=', organizationId).orderBy('name')
  if (id !== undefined) query = query.where('id', '=', id)
  const rows = await query.execute()
  if (rows.length === 0) return []
  const ids = rows.map((row) => row.id)
  const tokens = await db
    .selectFrom('gateway_tokens')
    .select(['id', 'gateway_id', 'name', 'created_at'])
    .where('gateway_id', 'in', ids)
    .orderBy('id')
    .execute()
  const domains = await db
    .selectFrom('gateway_domains')
    .selectAll()
    .where('gateway_id', 'in', ids)
    .orderBy('domain')
    .execute()
  const tokensOf = Map.groupBy(tokens, ({ gateway_id }) => gateway_id)
  const domainsOf = Map.groupBy(domains, ({ gateway_id }) => gateway_id)
  return rows.map((row) => ({ ...row, tokens: tokensOf.get(row.id) ?? [], domains: domainsOf.get(row.id) ?? [] }))
}
