import type { Row, Tables } from '@packages/db/tables'
import type { Kysely } from 'kysely'

export type TokenRow = Pick<Row<'gateway_tokens'>, 'id' | 'name' | 'created_at'>
export type GatewayRow = Row<'gateways'> & { tokens: TokenRow[] }

/** The organization's gateways with their tokens, or the one with this id, by name. There are few. */
export const listGatewayRows = async (
  db: Kysely<Tables>,
  organizationId: string,
  id?: string,
): Promise<GatewayRow[]> => {
  let query = db.selectFrom('gateways').selectAll().where('organization_id', '=', organizationId).orderBy('name')
  if (id !== undefined) query = query.where('id', '=', id)
  const rows = await query.execute()
  if (rows.length === 0) return []
  const tokens = await db
    .selectFrom('gateway_tokens')
    .select(['id', 'gateway_id', 'name', 'created_at'])
    .where(
      'gateway_id',
      'in',
      rows.map((row) => row.id),
    )
    .orderBy('id')
    .execute()
  const byGateway = Map.groupBy(tokens, ({ gateway_id }) => gateway_id)
  return rows.map((row) => ({ ...row, tokens: byGateway.get(row.id) ?? [] }))
}
